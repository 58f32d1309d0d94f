import { dirname } from 'node:path';
import type { ModelRecord } from '@modelkeep/core';
import { isBelow } from '../external/external-place.ts';
import { modelFilePath } from '../models/model-folder.ts';
import type { KnownFile, ScanState } from '../state/scan-state.ts';
import type { StoreContext } from '../store-context.ts';

const PAGE = 500;

/**
 * @internal Before a root is scanned for the first time on this machine (its state may have been lost, or the library came
 * from elsewhere): what the metadata says of files below it counts as what is known.
 */
export async function seedKnown(context: StoreContext, state: ScanState, root: string): Promise<void> {
  const present = new Set((await state.filesBelow(root)).map(({ path }) => path));
  for (let after: string | undefined; ;) {
    const page = await context.index.list({ limit: PAGE, after });
    const rows = page.records.flatMap((record) => rowsOf(context, record));
    const fresh = rows.filter(({ path }) => isBelow(root, path) && !present.has(path));
    if (fresh.length > 0) {
      await state.saveFiles(fresh);
      await state.settle({ adopted: fresh.map(({ path }) => path) });
    }
    if (page.next === null) return;
    after = page.next;
  }
}

function rowsOf({ layout }: StoreContext, record: ModelRecord): Omit<KnownFile, 'adoptedSha256'>[] {
  if (record.place?.kind !== 'external') return [];
  const missing = new Set(record.place.missing);
  return record.files.flatMap((file) => {
    if (file.stamp === undefined || missing.has(file.name)) return [];
    const path = modelFilePath(layout, record, file);
    const { mtimeMs, device, inode } = file.stamp;
    return { path, folder: dirname(path), sizeBytes: file.sizeBytes, mtimeMs, device, inode, sha256: file.sha256 };
  });
}
