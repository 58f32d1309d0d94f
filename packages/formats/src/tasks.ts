import type { TaskContext } from '@modelkeep/workers';
import type { FolderPlan } from './folders/folder-plan.ts';
import { localFolder } from './folders/local-folder.ts';
import { planFolder } from './folders/plan-folder.ts';
import { openFileSource, type FileSource } from './source/file-source.ts';
import type { KnownParts } from './source/known-parts.ts';
import type { Identification } from './identify/identification.ts';
import { readSidecar } from './sidecars/read-sidecar-file.ts';
import { readPicture, type Picture } from './pictures/read-picture.ts';
import type { Sidecar } from './sidecars/sidecar.ts';
import { identifyParts, type PartsOutcome } from './identify/identify-parts.ts';
import { identify } from './identify/identify.ts';

/** @internal What the identifying worker can do. */
export const tasks: {
  readonly identify: (input: { readonly paths: readonly string[] }, context: TaskContext) => Promise<Identification>;
  readonly identifyParts: (
    input: { readonly known: readonly KnownParts[]; readonly paths: readonly string[] | undefined },
    context: TaskContext,
  ) => Promise<PartsOutcome>;
  readonly readSidecars: (
    input: { readonly paths: readonly string[] },
    context: TaskContext,
  ) => Promise<readonly (Sidecar | null)[]>;
  readonly planFolder: (input: { readonly path: string }, context: TaskContext) => Promise<FolderPlan | null>;
  readonly readPicture: (input: { readonly path: string }, context: TaskContext) => Promise<Picture | null>;
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
  async readSidecars({ paths }, { signal }) {
    const sidecars: (Sidecar | null)[] = [];
    for (const path of paths) {
      using source = openFileSource(path);
      sidecars.push(await readSidecar(source, signal));
    }
    return sidecars;
  },
  planFolder: ({ path }, { signal }) => planFolder(localFolder(path, signal)),
  async readPicture({ path }, { signal }) {
    using source = openFileSource(path);
    return await readPicture(source, signal);
  },
  identifyParts: ({ known, paths }, { signal }) => identifyParts(known, { paths, signal }),
};
