import { everyVersion, ggufInParts } from './accepted.ts';
import type { AcceptedModels, AppProfile } from './app-profile.ts';
import { imageModels, unknownType } from './unmapped.ts';

const folderWith = (formats: AcceptedModels['formats'], ...names: readonly string[]): AcceptedModels => ({
  formats,
  extensions: [],
  link: 'folder',
  shards: 'refuse',
  needsOneOf: names.map((name) => [name]),
  plugin: null,
});

/**
 * text-generation-webui. modules/utils.py lists GGUF files at any depth, and of the parts of a model the first; folders
 * with safetensors or .pt files one level deep. Flags in user_data/CMD_FLAGS.txt replace its folders.
 */
export const textGenerationWebui: AppProfile = {
  id: 'text-generation-webui',
  name: 'text-generation-webui',
  way: { kind: 'links' },
  otherWays: [{ kind: 'config', format: 'command-line' }],
  versions: { scheme: 'semver', files: [], holdsFor: '>=3.0.0' },
  fileNames: 'cleaned',
  sidecars: { metadata: 'none', previews: [] },
  marks: ['user_data', 'modules/text_generation.py'],
  signs: { all: ['server.py', 'one_click.py', 'modules/text_generation.py'], none: [] },
  pluginFolder: null,
  rules: [
    {
      types: ['llm'],
      families: null,
      folders: [everyVersion('user_data/models')],
      accepts: [ggufInParts, folderWith(['safetensors', 'pickle'], 'config.json')],
      advice: null,
    },
    {
      types: ['lora'],
      families: null,
      folders: [everyVersion('user_data/loras')],
      accepts: [folderWith(['safetensors', 'pickle'], 'adapter_config.json')],
      advice: null,
    },
    {
      types: ['mmproj'],
      families: null,
      folders: [everyVersion('user_data/mmproj')],
      accepts: [{ ...ggufInParts, shards: 'refuse' }],
      advice: null,
    },
    {
      types: ['checkpoint', 'diffusion-model'],
      families: null,
      folders: [everyVersion('user_data/image_models')],
      accepts: [folderWith(['diffusers'], 'model_index.json')],
      advice: null,
    },
  ],
  unmapped: [imageModels('text-generation-webui', ['checkpoint', 'diffusion-model', 'lora']), unknownType],
  configFiles: [
    {
      format: 'command-line',
      path: 'user_data/CMD_FLAGS.txt',
      windowsPath: null,
      settings: [
        { folder: 'user_data/models', key: 'model-dir', effect: 'replaces' },
        { folder: 'user_data/loras', key: 'lora-dir', effect: 'replaces' },
        { folder: 'user_data/image_models', key: 'image-model-dir', effect: 'replaces' },
      ],
      note: 'restart the web UI: it reads the file when it starts',
    },
  ],
};
