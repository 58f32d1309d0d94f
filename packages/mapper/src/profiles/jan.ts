import { everyVersion, ggufInParts } from './accepted.ts';
import type { AppProfile } from './app-profile.ts';
import { imageModels, unknownType } from './unmapped.ts';

/**
 * Jan. Its folder is the data folder: `%APPDATA%/Jan/data`, `~/Library/Application Support/Jan/data` or
 * `~/.local/share/Jan/data`. A model is a `model.yml` in a folder of its own, and its `model_path` may be absolute: no
 * link is needed.
 */
export const jan: AppProfile = {
  id: 'jan',
  name: 'Jan',
  way: { kind: 'config', format: 'jan-yaml' },
  otherWays: [],
  versions: { scheme: 'semver', files: [], holdsFor: '>=0.6.0' },
  fileNames: 'cleaned',
  sidecars: { metadata: 'none', previews: [] },
  marks: ['llamacpp', 'threads', 'assistants'],
  signs: { all: ['llamacpp', 'threads'], none: [] },
  pluginFolder: null,
  rules: [
    {
      types: ['llm'],
      families: null,
      folders: [everyVersion('llamacpp/models')],
      accepts: [{ ...ggufInParts, shards: 'folder' }],
      advice: null,
    },
  ],
  unmapped: [
    imageModels('Jan'),
    { types: ['mmproj'], reason: 'Jan names the vision part in the model that it goes with' },
    unknownType,
  ],
  configFiles: [
    {
      format: 'jan-yaml',
      path: 'llamacpp/models',
      windowsPath: null,
      settings: [],
      note: 'restart Jan: it reads its models when it starts',
    },
  ],
};
