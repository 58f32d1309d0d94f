import { everyVersion, singleFiles } from './accepted.ts';
import type { AppProfile, MappingRule } from './app-profile.ts';
import { automatic1111 } from './automatic1111.ts';
import { languageModels, otherTypes, unknownType } from './unmapped.ts';

const rule = (facts: Pick<MappingRule, 'types' | 'folders' | 'accepts'>): MappingRule => ({
  families: null,
  advice: null,
  ...facts,
});
const shared = automatic1111.rules.filter(({ types }) =>
  types.some((type) => ['lora', 'embedding', 'hypernetwork', 'upscaler'].includes(type)),
);

/* modules_forge/main_entry.py lists VAEs and text encoders in one table that is keyed by file name, and does not follow
   links to folders there; links to files are read. */
const modules = singleFiles({ safetensors: ['.safetensors'], pickle: ['.ckpt', '.pt', '.bin'], gguf: ['.gguf'] });

/**
 * Forge (stable-diffusion-webui-forge). Folders and flags are those of modules/cmd_args.py and modules_forge/shared.py,
 * the families those of backend/loader.py (`possible_models`).
 */
export const forge: AppProfile = {
  id: 'forge',
  name: 'Forge',
  way: { kind: 'links' },
  otherWays: [{ kind: 'config', format: 'webui-user' }],
  versions: {
    scheme: 'forge',
    files: [{ path: 'modules_forge/forge_version.py', after: "version = '", before: "'" }],
    holdsFor: '>=0.0.1',
  },
  fileNames: 'cleaned',
  sidecars: automatic1111.sidecars,
  marks: ['modules_forge', 'webui.py'],
  signs: { all: ['webui.py', 'modules_forge'], none: ['k_diff'] },
  pluginFolder: 'extensions',
  rules: [
    {
      ...rule({
        types: ['checkpoint', 'diffusion-model'],
        folders: [everyVersion('models/Stable-diffusion')],
        accepts: singleFiles({ safetensors: ['.safetensors'], pickle: ['.ckpt'], gguf: ['.gguf'] }),
      }),
      families: ['sd1', 'sd2', 'sdxl', 'sd3', 'flux1', 'chroma'],
    },
    rule({ types: ['vae'], folders: [everyVersion('models/VAE')], accepts: modules }),
    rule({ types: ['text-encoder'], folders: [everyVersion('models/text_encoder')], accepts: modules }),
    ...shared,
    rule({
      types: ['controlnet', 't2i-adapter', 'ip-adapter'],
      folders: [everyVersion('models/ControlNet')],
      accepts: singleFiles({ safetensors: ['.safetensors'], pickle: ['.pt', '.pth', '.ckpt', '.bin'] }),
    }),
  ],
  unmapped: [
    {
      types: ['clip-vision', 'style-model', 'motion-module'],
      reason: 'Forge has no folder of its own for such models: its extensions have theirs',
    },
    otherTypes('Forge'),
    languageModels('Forge'),
    unknownType,
  ],
  configFiles: [
    {
      format: 'webui-user',
      path: 'webui-user.sh',
      windowsPath: 'webui-user.bat',
      settings: [
        { folder: 'models/Stable-diffusion', key: 'ckpt-dir', effect: 'adds' },
        { folder: 'models/VAE', key: 'vae-dir', effect: 'adds' },
        { folder: 'models/text_encoder', key: 'text-encoder-dir', effect: 'adds' },
        { folder: 'models/Lora', key: 'lora-dir', effect: 'replaces' },
        { folder: 'embeddings', key: 'embeddings-dir', effect: 'replaces' },
        { folder: 'models/hypernetworks', key: 'hypernetwork-dir', effect: 'replaces' },
        { folder: 'models/ESRGAN', key: 'esrgan-models-path', effect: 'replaces' },
        { folder: 'models/ControlNet', key: 'controlnet-dir', effect: 'replaces' },
      ],
      note: 'restart the web UI with webui.sh or webui-user.bat',
    },
  ],
};
