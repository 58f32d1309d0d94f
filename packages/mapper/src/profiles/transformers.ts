import { modelFormats, modelTypes } from '@modelkeep/core';
import { everyVersion } from './accepted.ts';
import type { AppProfile } from './app-profile.ts';

/**
 * vLLM, transformers, diffusers and all that load by the name of a repo: through the cache of Hugging Face's Python
 * libraries (`$HF_HUB_CACHE`, else `$HF_HOME/hub`, else `~/.cache/huggingface/hub`). Only what came from the Hub has a place there.
 */
export const transformers: AppProfile = {
  id: 'transformers',
  name: 'vLLM and transformers',
  way: { kind: 'store', format: 'hugging-face' },
  otherWays: [],
  versions: { scheme: 'semver', files: [], holdsFor: '>=0.0.0' },
  fileNames: 'official',
  sidecars: { metadata: 'none', previews: [] },
  marks: ['CACHEDIR.TAG', '.locks', 'version.txt'],
  signs: { all: ['models--*'], none: [] },
  pluginFolder: null,
  rules: [
    {
      types: modelTypes,
      families: null,
      folders: [everyVersion('hub')],
      accepts: [
        { formats: modelFormats, extensions: [], link: 'folder', shards: 'refuse', needsOneOf: [], plugin: null },
      ],
      advice: null,
    },
  ],
  unmapped: [],
  configFiles: [],
};
