import type { Progress } from '@modelkeep/core';
import { ModelkeepError, type ModelRecord } from '@modelkeep/core';
import type { WalkedStore } from '@modelkeep/io';
import { emptyReport } from '../scan/scan-report.ts';
import { openScanState } from '../state/scan-state.ts';
import type { StoreContext } from '../store-context.ts';
import { adoptStoreSet, readStore } from '../stores/scan-stores.ts';
import type { StoreSet } from '../stores/store-set.ts';
import { copySet } from './copy-set.ts';
import { createImportProgress } from './import-progress.ts';
import type { ImportFile } from './find-importable.ts';
import type { ImportOptions, ImportOrigin, ImportResult } from './import-types.ts';

/** @internal How {@link importStores} works. */
export interface ImportStoresOptions extends ImportOptions {
  readonly result: ImportResult;
  readonly tell: (change: Partial<Progress>) => void;
}

/**
 * @internal Takes in what other tools keep, with what they know of it: where it is, or as a copy.
 *
 * @throws `core.invalid-argument` for a move, which would break the tool
 */
export async function importStores(
  context: StoreContext,
  stores: readonly WalkedStore[],
  options: ImportStoresOptions,
): Promise<void> {
  const { mode = 'auto', result, tell, trustStores, signal } = options;
  const [first] = stores;
  if (first !== undefined && mode === 'move') throw notMovable(first);
  const state = openScanState(context);
  for (const store of stores) {
    signal?.throwIfAborted();
    const { sets, problems, skipped } = await readStore(context, store);
    result.errors.push(...problems);
    result.skipped.push(...skipped);
    const claimed = new Map<string, ModelRecord>();
    for (const set of sets) {
      if (mode === 'copy') {
        await copyStoreSet(context, set, options);
        continue;
      }
      const report = { ...emptyReport(), errors: result.errors };
      const maxHashBytes = Number.POSITIVE_INFINITY;
      const adopting = { state, report, tell, maxHashBytes, trustStores, claimed, signal };
      for (const { record, found } of await adoptStoreSet(context, set, adopting)) {
        result.models.push(record);
        result.bytesSaved += found.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      }
    }
  }
}

async function copyStoreSet(context: StoreContext, set: StoreSet, options: ImportStoresOptions): Promise<void> {
  const { result, tell, hashes, signal } = options;
  if (set.files.length === 0) return;
  const byPath = new Map(set.files.map((file) => [file.path, file]));
  const origin: ImportOrigin = {
    sourceGroup: set.sourceGroup,
    layers: set.layers,
    sourceOf: (path) => byPath.get(path)?.source ?? unknownSource(path),
    claimOf: (path) => byPath.get(path)?.claim.sha256 ?? null,
  };
  const files = set.files.map(({ name, path, sizeBytes }): ImportFile => ({
    name,
    path,
    given: path,
    isLink: false,
    sizeBytes,
  }));
  const progress = createImportProgress(context.clock, tell, files);
  await copySet(context, { name: set.name, folder: set.folder, files }, { result, progress, origin, hashes, signal });
}

function unknownSource(path: string): never {
  throw new Error(`${path} is no file of the store`);
}

function notMovable({ path, kind }: WalkedStore): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `${path} is kept by another tool (${kind}), which would miss what is moved out of it`,
    facts: { argument: 'mode', found: 'move' },
    hint: 'import it with mode link, which copies nothing, or with mode copy',
  });
}
