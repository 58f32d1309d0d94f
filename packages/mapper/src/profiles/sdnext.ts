import { everyVersion, singleFiles } from './accepted.ts';
import type { AcceptedModels, AppProfile, MappingRule } from './app-profile.ts';
import { pictureEnds } from './picture-ends.ts';
import { languageModels, otherTypes, unknownType } from './unmapped.ts';

const rule = (types: MappingRule['types'], folder: string, accepts: readonly AcceptedModels[]): MappingRule => ({
  types,
  families: null,
  folders: [everyVersion(folder)],
  accepts,
  advice: null,
});

/* modules/modelloader.py, load_diffusers_models, and find_models of controlnet.py: folders, and links to such. */
const folderWith = (name: string): AcceptedModels => ({
  formats: ['diffusers'],
  extensions: [],
  link: 'folder',
  shards: 'refuse',
  needsOneOf: [[name]],
  plugin: null,
});

/**
 * SD.Next. Folders are the defaults of modules/ui_definitions.py, extensions those that modules/sd_checkpoint.py,
 * sd_unet.py, model_te.py, sd_vae.py, lora/lora_load.py, upscaler.py and control/units/controlnet.py list. Its versions
 * are the dates of its commits.
 */
export const sdnext: AppProfile = {
  id: 'sdnext',
  name: 'SD.Next',
  way: { kind: 'links' },
  otherWays: [],
  versions: {
    scheme: 'date',
    files: [{ path: 'CHANGELOG.md', after: '## Update for ', before: '\n' }],
    holdsFor: '>=2024.1.1',
  },
  fileNames: 'cleaned',
  sidecars: { metadata: 'beside', previews: pictureEnds(['jpg', 'jpeg', 'png', 'webp']) },
  marks: ['installer.py', 'webui.py', 'modules/sd_models.py'],
  signs: { all: ['webui.py', 'installer.py', 'modules/sd_models.py'], none: ['modules_forge'] },
  pluginFolder: 'extensions',
  rules: [
    rule(['checkpoint'], 'models/Stable-diffusion', singleFiles({ safetensors: ['.safetensors'] })),
    rule(['checkpoint', 'diffusion-model'], 'models/Diffusers', [folderWith('model_index.json')]),
    rule(
      ['diffusion-model'],
      'models/UNET',
      singleFiles({ safetensors: ['.safetensors'], pickle: ['.pth'], gguf: ['.gguf'] }),
    ),
    rule(['text-encoder'], 'models/Text-encoder', singleFiles({ safetensors: ['.safetensors'], gguf: ['.gguf'] })),
    rule(['vae'], 'models/VAE', singleFiles({ safetensors: ['.safetensors'] })),
    rule(['lora'], 'models/Lora', singleFiles({ safetensors: ['.safetensors'], pickle: ['.pt', '.ckpt'] })),
    rule(['embedding'], 'models/embeddings', singleFiles({ safetensors: ['.safetensors'], pickle: ['.pt'] })),
    rule(['controlnet'], 'models/control/controlnet', [
      ...singleFiles({ safetensors: ['.safetensors'] }),
      folderWith('config.json'),
    ]),
    rule(['upscaler'], 'models/ESRGAN', singleFiles({ pickle: ['.pth', '.pt'] })),
  ],
  unmapped: [
    {
      types: ['t2i-adapter', 'ip-adapter', 'clip-vision', 'style-model', 'motion-module'],
      reason: 'SD.Next fetches such models by itself and lists no folder of them',
    },
    { types: ['hypernetwork'], reason: 'SD.Next no longer loads hypernetworks' },
    otherTypes('SD.Next'),
    languageModels('SD.Next'),
    unknownType,
  ],
  configFiles: [],
};
