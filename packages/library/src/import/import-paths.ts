import { startOperation, type Operation } from '@modelkeep/core';
import type { StoreContext } from '../store-context.ts';
import { copySet } from './copy-set.ts';
import { findImportable } from './find-importable.ts';
import { createImportProgress } from './import-progress.ts';
import { importStores } from './import-stores.ts';
import type { ImportOptions, ImportReport, ImportResult } from './import-types.ts';
import { linkSet } from './link-set.ts';
import { moveSet } from './move-set.ts';
import { refuseLibraryFiles } from './refuse-library-files.ts';

const ways = { auto: copySet, copy: copySet, move: moveSet, link: linkSet } as const;

/** @internal Takes files and folders into the library. */
export function importPaths(
  context: StoreContext,
  paths: readonly string[],
  options: ImportOptions & { readonly before: () => void },
): Operation<ImportReport> {
  return startOperation(async (report) => {
    options.before();
    const { mode = 'auto', signal } = options;
    report({ phase: 'planning' });
    const result: ImportResult = { models: [], bytesCopied: 0, bytesMoved: 0, bytesSaved: 0, skipped: [], errors: [] };
    for (const path of paths) if (path !== '') await refuseLibraryFiles(context.fileSystem, { path, mode });
    const { sets, stores } = await findImportable(context, paths, { result, signal });
    await importStores(context, stores, { ...options, result, tell: report });
    const files = sets.flatMap((set) => set.files);
    const progress = createImportProgress(context.clock, report, files);
    for (const set of sets) await ways[mode](context, set, { result, progress, signal });
    report({ phase: 'done', fraction: 1, file: null, etaMs: 0 });
    const models = [...new Map(result.models.map((model) => [model.id, model])).values()];
    return { ...result, models };
  });
}
