import { everyVersion, ggufInParts } from './accepted.ts';
import type { AppProfile } from './app-profile.ts';
import { imageModels, unknownType } from './unmapped.ts';

/**
 * LM Studio. Models are exactly two folders deep below `models`: `<publisher>/<model>/<file>.gguf`, the mmproj beside its
 * model. One link that leads nowhere breaks its whole list (lmstudio-bug-tracker 2096), so its store is kept whole.
 */
export const lmStudio: AppProfile = {
  id: 'lm-studio',
  name: 'LM Studio',
  way: { kind: 'store', format: 'lm-studio' },
  otherWays: [],
  versions: { scheme: 'semver', files: [], holdsFor: '>=0.3.0' },
  fileNames: 'official',
  sidecars: { metadata: 'none', previews: [] },
  marks: ['models', '.internal'],
  signs: { all: ['models', '.internal'], none: ['manifests'] },
  pluginFolder: null,
  rules: [
    {
      types: ['llm', 'mmproj'],
      families: null,
      folders: [everyVersion('models')],
      accepts: [ggufInParts],
      advice: null,
    },
  ],
  unmapped: [imageModels('LM Studio'), unknownType],
  configFiles: [],
};
