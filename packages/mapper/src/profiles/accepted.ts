import type { ModelFormat } from '@modelkeep/core';
import type { AcceptedModels, ProfileFolder, ProfilePlugin } from './app-profile.ts';

/** @internal Extensions of single files, by the format that is in them. */
export interface SingleFiles {
  readonly safetensors?: readonly string[] | undefined;
  readonly pickle?: readonly string[] | undefined;
  readonly gguf?: readonly string[] | undefined;
  readonly plugin?: ProfilePlugin | null | undefined;
}

/**
 * @internal Models that are one file. What was not identified goes by every extension but GGUF's: the app will say what it
 * makes of it.
 */
export function singleFiles({
  safetensors = [],
  pickle = [],
  gguf = [],
  plugin = null,
}: SingleFiles): readonly AcceptedModels[] {
  const one = (format: ModelFormat, extensions: readonly string[]): readonly AcceptedModels[] =>
    extensions.length === 0
      ? []
      : [{ formats: [format], extensions, link: 'file', shards: 'refuse', needsOneOf: [], plugin }];
  return [
    ...one('safetensors', safetensors),
    ...one('pickle', pickle),
    ...one('gguf', gguf),
    ...one('unknown', [...safetensors, ...pickle]),
  ];
}

/** @internal GGUF files, of which the parts of one model go into a folder of their own. */
export const ggufInParts: AcceptedModels = {
  formats: ['gguf'],
  extensions: ['.gguf'],
  link: 'file',
  shards: 'folder',
  needsOneOf: [],
  plugin: null,
};

/** @internal A folder that every version of the app reads. */
export function everyVersion(path: string): ProfileFolder {
  return { path, since: null };
}
