import { everyVersion, singleFiles } from './accepted.ts';
import type { AppProfile, MappingRule } from './app-profile.ts';
import { pictureEnds } from './picture-ends.ts';
import { languageModels, otherTypes, unknownType } from './unmapped.ts';

const controlNetExtension = { name: 'sd-webui-controlnet', missing: 'warn' } as const;
const rule = (facts: Pick<MappingRule, 'types' | 'folders' | 'accepts'>): MappingRule => ({
  families: null,
  advice: null,
  ...facts,
});

/**
 * AUTOMATIC1111's stable-diffusion-webui. Folders and flags are those of modules/cmd_args.py, extensions those of the
 * lists in modules/sd_models.py, sd_vae.py, esrgan_model.py and of the built-in Lora extension (networks.py). It walks
 * its folders with links followed. `--ckpt-dir` and `--vae-dir` are looked at besides the own folder, the others instead.
 */
export const automatic1111: AppProfile = {
  id: 'automatic1111',
  name: 'AUTOMATIC1111',
  way: { kind: 'links' },
  otherWays: [{ kind: 'config', format: 'webui-user' }],
  versions: {
    scheme: 'semver',
    files: [{ path: 'CHANGELOG.md', after: '## ', before: '\n' }],
    holdsFor: '>=1.3.0',
  },
  fileNames: 'cleaned',
  sidecars: { metadata: 'beside', previews: pictureEnds(['png', 'jpg', 'jpeg', 'webp', 'gif']) },
  marks: ['webui.py', 'modules/sd_models.py', 'webui-user.sh', 'webui-user.bat'],
  signs: { all: ['webui.py', 'modules/sd_models.py', 'extensions-builtin'], none: ['modules_forge', 'installer.py'] },
  pluginFolder: 'extensions',
  rules: [
    {
      ...rule({
        types: ['checkpoint'],
        folders: [everyVersion('models/Stable-diffusion')],
        accepts: singleFiles({ safetensors: ['.safetensors'], pickle: ['.ckpt'] }),
      }),
      families: ['sd1', 'sd2', 'sdxl', 'sd3'],
    },
    rule({
      types: ['lora'],
      folders: [everyVersion('models/Lora')],
      accepts: singleFiles({ safetensors: ['.safetensors'], pickle: ['.pt', '.ckpt'] }),
    }),
    rule({
      types: ['vae'],
      folders: [everyVersion('models/VAE')],
      accepts: singleFiles({ safetensors: ['.safetensors'], pickle: ['.pt', '.ckpt'] }),
    }),
    rule({
      types: ['embedding'],
      folders: [everyVersion('embeddings')],
      accepts: singleFiles({ safetensors: ['.safetensors'], pickle: ['.pt', '.bin'] }),
    }),
    rule({
      types: ['hypernetwork'],
      folders: [everyVersion('models/hypernetworks')],
      accepts: singleFiles({ pickle: ['.pt'] }),
    }),
    rule({
      types: ['upscaler'],
      folders: [everyVersion('models/ESRGAN')],
      accepts: singleFiles({ safetensors: ['.safetensors'], pickle: ['.pt', '.pth'] }),
    }),
    rule({
      types: ['controlnet', 't2i-adapter', 'ip-adapter'],
      folders: [everyVersion('models/ControlNet')],
      accepts: singleFiles({
        safetensors: ['.safetensors'],
        pickle: ['.pt', '.pth', '.ckpt', '.bin'],
        plugin: controlNetExtension,
      }),
    }),
  ],
  unmapped: [
    { types: ['diffusion-model', 'text-encoder'], reason: 'AUTOMATIC1111 loads whole checkpoints only' },
    {
      types: ['clip-vision', 'style-model', 'motion-module'],
      reason: 'AUTOMATIC1111 has no folder of its own for such models: its extensions have theirs',
    },
    otherTypes('AUTOMATIC1111'),
    languageModels('AUTOMATIC1111'),
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
        { folder: 'models/Lora', key: 'lora-dir', effect: 'replaces' },
        { folder: 'embeddings', key: 'embeddings-dir', effect: 'replaces' },
        { folder: 'models/hypernetworks', key: 'hypernetwork-dir', effect: 'replaces' },
        { folder: 'models/ESRGAN', key: 'esrgan-models-path', effect: 'replaces' },
      ],
      note: 'restart the web UI with webui.sh or webui-user.bat',
    },
  ],
};
