import { everyVersion, singleFiles } from './accepted.ts';
import type { AppProfile, MappingRule } from './app-profile.ts';
import { languageModels, otherTypes, unknownType } from './unmapped.ts';

/* modules/config.py, get_model_filenames. */
const files = singleFiles({ safetensors: ['.safetensors'], pickle: ['.pth', '.ckpt', '.bin'] });
const rule = (types: MappingRule['types'], folder: string): MappingRule => ({
  types,
  families: null,
  folders: [everyVersion(`models/${folder}`)],
  accepts: files,
  advice: null,
});

/**
 * Fooocus. Folders are the defaults of modules/config.py. Only `path_checkpoints` and `path_loras` take several folders;
 * a folder that is not there makes it forget the whole list.
 */
export const fooocus: AppProfile = {
  id: 'fooocus',
  name: 'Fooocus',
  way: { kind: 'links' },
  otherWays: [{ kind: 'config', format: 'fooocus-json' }],
  versions: {
    scheme: 'semver',
    files: [{ path: 'fooocus_version.py', after: "version = '", before: "'" }],
    holdsFor: '>=2.1.0',
  },
  fileNames: 'cleaned',
  sidecars: { metadata: 'none', previews: [] },
  marks: ['fooocus_version.py'],
  signs: { all: ['fooocus_version.py', 'entry_with_update.py'], none: [] },
  pluginFolder: null,
  rules: [
    { ...rule(['checkpoint'], 'checkpoints'), families: ['sdxl', 'sd1'] },
    { ...rule(['lora'], 'loras'), families: ['sdxl', 'sd1'] },
    rule(['vae'], 'vae'),
    rule(['embedding'], 'embeddings'),
  ],
  unmapped: [
    {
      types: ['controlnet', 't2i-adapter', 'ip-adapter', 'clip-vision', 'upscaler'],
      reason: 'Fooocus uses models of its own choice for this, by their names, and lists no others',
    },
    {
      types: ['diffusion-model', 'text-encoder', 'style-model', 'hypernetwork', 'motion-module'],
      reason: 'Fooocus loads whole SDXL checkpoints only',
    },
    otherTypes('Fooocus'),
    languageModels('Fooocus'),
    unknownType,
  ],
  configFiles: [
    {
      format: 'fooocus-json',
      path: 'config.txt',
      windowsPath: null,
      settings: [
        { folder: 'models/checkpoints', key: 'path_checkpoints', effect: 'adds' },
        { folder: 'models/loras', key: 'path_loras', effect: 'adds' },
      ],
      note: 'restart Fooocus: it reads the file when it starts',
    },
  ],
};
