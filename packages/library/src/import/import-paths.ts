import { resolve } from 'node:path';
import { startOperation, type Operation } from '@modelkeep/core';
import type { StoreContext } from '../store-context.ts';
import { copySet } from './copy-set.ts';
import { findImportable, type Importable, type ImportSet } from './find-importable.ts';
import { createImportProgress } from './import-progress.ts';
import { importLibrary, isOtherLibrary } from './import-library.ts';
import { importStores } from './import-stores.ts';
import type { ImportOptions, ImportReport, ImportResult } from './import-types.ts';
import { linkSet } from './link-set.ts';
import { moveSet } from './move-set.ts';
import { refuseLibraryFiles } from './refuse-library-files.ts';

const nothing: Importable = { sets: [], stores: [] };
const ways = { auto: copySet, copy: copySet, move: moveSet, link: linkSet } as const;

/** @internal Takes files and folders into the library. */
export function importPaths(
  context: StoreContext,
  paths: readonly string[],
  options: ImportOptions & {
    readonly before: () => void;
    /** Which volume a set is for. */
    readonly volumeFor: (set: ImportSet) => Promise<StoreContext>;
  },
): Operation<ImportReport> {
  return startOperation(async (report) => {
    options.before();
    const { mode = 'auto', hashes, onTakenIn, signal } = options;
    report({ phase: 'planning' });
    const result: ImportResult = { models: [], bytesCopied: 0, bytesMoved: 0, bytesSaved: 0, skipped: [], errors: [] };
    for (const path of paths) if (path !== '') await refuseLibraryFiles(context, { path, mode });
    const others: string[] = [];
    for (const path of paths) if (path !== '' && (await isOtherLibrary(context, resolve(path)))) others.push(path);
    for (const path of others) {
      await importLibrary(context, resolve(path), { result, tell: report, hashes, onTakenIn, signal });
    }
    const rest = paths.filter((path) => !others.includes(path));
    const { sets, stores } =
      rest.length === 0 && others.length > 0 ? nothing : await findImportable(context, rest, { result, signal });
    await importStores(context, stores, { ...options, result, tell: report });
    const files = sets.flatMap((set) => set.files);
    const progress = createImportProgress(context.clock, report, files);
    for (const set of sets) {
      // What stays where it is is noted on the first volume.
      const home = mode === 'link' ? context : await options.volumeFor(set);
      await ways[mode](home, set, { result, progress, hashes, onTakenIn, signal });
    }
    report({ phase: 'done', fraction: 1, file: null, etaMs: 0 });
    const models = [...new Map(result.models.map((model) => [model.id, model])).values()];
    return { ...result, models };
  });
}
