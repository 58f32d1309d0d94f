import { singleFiles, everyVersion } from './accepted.ts';
import type { AppProfile } from './app-profile.ts';
import { automatic1111 } from './automatic1111.ts';
import { forge } from './forge.ts';
import { languageModels, otherTypes, unknownType } from './unmapped.ts';

/**
 * reForge (stable-diffusion-webui-reForge), which went on from the first Forge: the folders of AUTOMATIC1111, with a
 * built-in ControlNet. Its modules/cmd_args.py has no flag for text encoders.
 */
export const reforge: AppProfile = {
  ...forge,
  id: 'reforge',
  name: 'reForge',
  versions: { ...forge.versions, holdsFor: '>=0.0.1' },
  signs: { all: ['webui.py', 'modules_forge', 'k_diff'], none: [] },
  rules: [
    ...automatic1111.rules.filter(({ types }) => !types.includes('controlnet')),
    {
      types: ['controlnet', 't2i-adapter', 'ip-adapter'],
      families: null,
      folders: [everyVersion('models/ControlNet')],
      accepts: singleFiles({ safetensors: ['.safetensors'], pickle: ['.pt', '.pth', '.ckpt', '.bin'] }),
      advice: null,
    },
  ],
  unmapped: [
    { types: ['diffusion-model', 'text-encoder'], reason: 'reForge loads whole checkpoints only' },
    {
      types: ['clip-vision', 'style-model', 'motion-module'],
      reason: 'reForge has no folder of its own for such models: its extensions have theirs',
    },
    otherTypes('reForge'),
    languageModels('reForge'),
    unknownType,
  ],
  configFiles: automatic1111.configFiles,
};
