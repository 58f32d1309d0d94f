import { everyVersion, singleFiles } from './accepted.ts';
import type { AppProfile, MappingRule } from './app-profile.ts';
import { languageModels, otherTypes, unknownType } from './unmapped.ts';

const files = singleFiles({ safetensors: ['.safetensors'], pickle: ['.ckpt', '.pt', '.pth', '.bin'] });
const rule = (types: MappingRule['types'], flag: string): MappingRule => ({
  types,
  families: null,
  folders: [everyVersion('models')],
  accepts: files,
  advice: `--${flag} {path:shell}`,
});

/** kohya's sd-scripts: no folders at all, each model is named on the command line (library/train_util.py). */
export const kohya: AppProfile = {
  id: 'kohya',
  name: 'kohya sd-scripts',
  way: { kind: 'plan-only', reason: 'sd-scripts has no folder for models: name the file on its command line' },
  otherWays: [],
  versions: { scheme: 'semver', files: [], holdsFor: '>=0.6.0' },
  fileNames: 'cleaned',
  sidecars: { metadata: 'none', previews: [] },
  marks: ['library/train_util.py', 'train_network.py'],
  signs: { all: ['library/train_util.py', 'train_network.py'], none: [] },
  pluginFolder: null,
  rules: [
    rule(['checkpoint', 'diffusion-model'], 'pretrained_model_name_or_path'),
    /* library/flux_train_utils.py and lumina_train_util.py have a flag of their own. */
    { ...rule(['vae'], 'ae'), families: ['flux1', 'lumina2'] },
    rule(['vae'], 'vae'),
    rule(['lora'], 'network_weights'),
    rule(['embedding'], 'weights'),
    rule(['controlnet'], 'controlnet_model_name_or_path'),
    { ...rule(['text-encoder'], 't5xxl'), advice: '--clip_l, --clip_g, --t5xxl, --gemma2 or --qwen3 {path:shell}' },
  ],
  unmapped: [
    {
      types: ['t2i-adapter', 'ip-adapter', 'clip-vision', 'style-model', 'hypernetwork', 'upscaler', 'motion-module'],
      reason: 'sd-scripts trains no such models and needs none',
    },
    otherTypes('sd-scripts'),
    languageModels('sd-scripts'),
    unknownType,
  ],
  configFiles: [],
};
