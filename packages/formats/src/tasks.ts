import type { TaskContext } from '@modelkeep/workers';
import { openFileSource, type FileSource } from './source/file-source.ts';
import type { Identification } from './identify/identification.ts';
import { identify } from './identify/identify.ts';

/** @internal What the identifying worker can do. */
export const tasks: {
  readonly identify: (input: { readonly paths: readonly string[] }, context: TaskContext) => Promise<Identification>;
} = {
  async identify({ paths }, { signal }) {
    const sources: FileSource[] = [];
    try {
      for (const path of paths) sources.push(openFileSource(path));
      return await identify(sources, { paths, signal });
    } finally {
      for (const source of sources) source.close();
    }
  },
};
