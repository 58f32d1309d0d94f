import { newId, type ModelMetadata, type ModelRecord } from '@modelkeep/core';
import { nearestDevice } from '../external/external-place.ts';
import { modelFilePath } from '../models/model-folder.ts';
import { updateModel } from '../models/update-model.ts';
import type { KnownFile } from '../state/scan-state.ts';
import { withLock, type StoreContext } from '../store-context.ts';
import { scannedModel, type GrowingReport } from './scan-report.ts';

/** @internal What {@link markMissing} goes by. */
export interface MarkMissingOptions {
  readonly report: GrowingReport;
  /** Drives that the scan has seen. */
  readonly devices: ReadonlySet<string>;
  /** Drives that have another number than before. */
  readonly renumbered: ReadonlySet<string>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @internal Says of models that their files are gone; all else that is known of them stays. A file whose drive is not
 * there is offline, and nothing is said of it.
 *
 * @returns the paths that are settled: files that are offline wait
 */
export async function markMissing(
  context: StoreContext,
  vanished: readonly KnownFile[],
  { report, devices, renumbered, signal }: MarkMissingOptions,
): Promise<string[]> {
  const settled: string[] = [];
  const marked = new Set<string>();
  for (const file of vanished) {
    signal?.throwIfAborted();
    if (!devices.has(file.device) && !renumbered.has(file.device)) {
      const device = await nearestDevice(context, file.path);
      if (device !== file.device) {
        report.offline += 1;
        continue;
      }
    }
    settled.push(file.path);
    if (file.adoptedSha256 === null) continue;
    for (const { modelId } of await context.index.findByFileHash({ sha256: file.adoptedSha256 })) {
      const record = await context.index.get(modelId);
      if (record === null || record.place.kind !== 'external' || marked.has(modelId)) continue;
      const name = nameOf(context, record, file.path);
      if (name === null || record.place.missing.includes(name)) continue;
      const isMarked = await withLock(context, 'external', () => mark(context, record, file.path), signal);
      if (!isMarked) continue;
      marked.add(modelId);
      report.missing.push(scannedModel(record, { path: file.path }));
    }
  }
  return settled;
}

/** The name of a model's weights that are under a path. What goes with them may go without a word. */
function nameOf(context: StoreContext, record: ModelRecord, path: string): string | null {
  const file = record.files.find((one) => modelFilePath(context.layout, record, one) === path);
  return file?.role === 'weights' ? file.name : null;
}

async function mark(context: StoreContext, record: ModelRecord, path: string): Promise<boolean> {
  // Somebody may have made it the library's own meanwhile.
  const now = await context.index.get(record.id);
  if (now?.slug !== record.slug) return false;
  let isMarked = false;
  const change = (present: ModelMetadata): ModelMetadata => {
    if (present.place === undefined) return present;
    const gone = present.files.filter((file) => modelFilePath(context.layout, present, file) === path);
    const fresh = gone.map(({ name }) => name).filter((name) => present.place?.missing.includes(name) === false);
    if (fresh.length === 0) return present;
    isMarked = true;
    return { ...present, place: { ...present.place, missing: [...present.place.missing, ...fresh] } };
  };
  await updateModel(context, { id: record.id, slug: record.slug, txn: newId(), change });
  return isMarked;
}
