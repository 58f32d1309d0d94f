import { everyVersion, ggufInParts } from './accepted.ts';
import type { AppProfile } from './app-profile.ts';
import { imageModels, unknownType } from './unmapped.ts';

/**
 * llama.cpp's server. `--models-preset models.ini` names each model in a section of its own; `--models-dir` takes a
 * folder, with the parts of one model in a folder of theirs.
 */
export const llamaCpp: AppProfile = {
  id: 'llama-cpp',
  name: 'llama.cpp',
  way: { kind: 'config', format: 'llama-cpp-ini' },
  otherWays: [{ kind: 'links' }],
  versions: { scheme: 'build', files: [], holdsFor: '>=0.0.0' },
  fileNames: 'cleaned',
  sidecars: { metadata: 'none', previews: [] },
  marks: [
    'llama-server',
    'llama-server.exe',
    'build/bin/llama-server',
    'build/bin/llama-server.exe',
    'ggml',
    'models.ini',
  ],
  signs: { all: ['ggml', 'common', 'tools/server'], none: [] },
  pluginFolder: null,
  rules: [
    {
      types: ['llm'],
      families: null,
      folders: [everyVersion('models')],
      accepts: [ggufInParts],
      advice: null,
    },
  ],
  unmapped: [
    imageModels('llama.cpp'),
    { types: ['mmproj'], reason: 'llama.cpp names the vision part in the section of the model that it goes with' },
    unknownType,
  ],
  configFiles: [
    {
      format: 'llama-cpp-ini',
      path: 'models.ini',
      windowsPath: null,
      settings: [],
      note: 'start llama-server with --models-preset models.ini; it reads the file when it starts',
    },
  ],
};
