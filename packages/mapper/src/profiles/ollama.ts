import { everyVersion, ggufInParts } from './accepted.ts';
import type { AppProfile } from './app-profile.ts';
import { imageModels, unknownType } from './unmapped.ts';

/** Ollama. Its folder is `$OLLAMA_MODELS`, else `~/.ollama/models`: manifests that name blobs by their SHA-256. */
export const ollama: AppProfile = {
  id: 'ollama',
  name: 'Ollama',
  way: { kind: 'store', format: 'ollama' },
  otherWays: [],
  versions: { scheme: 'semver', files: [], holdsFor: '>=0.1.30' },
  fileNames: 'cleaned',
  sidecars: { metadata: 'none', previews: [] },
  marks: ['manifests', 'blobs'],
  signs: { all: ['manifests', 'blobs'], none: [] },
  pluginFolder: null,
  rules: [
    {
      types: ['llm', 'mmproj'],
      families: null,
      folders: [everyVersion('blobs')],
      accepts: [ggufInParts],
      advice: null,
    },
  ],
  unmapped: [imageModels('Ollama'), unknownType],
  configFiles: [],
};
