import type { ModelRecord } from '@modelkeep/core';
import type { AdoptedModel } from '../external/adopt-set.ts';
import type { FoundFile } from '../external/found-set.ts';
import { modelFilePath } from '../models/model-folder.ts';
import type { ScanState } from '../state/scan-state.ts';
import type { StoreContext } from '../store-context.ts';
import { scannedModel, type GrowingReport } from './scan-report.ts';

/** @internal Adds to a report what became of files. */
export function reportAdopted(context: StoreContext, report: GrowingReport, adopted: readonly AdoptedModel[]): void {
  for (const { outcome, record, before, found } of adopted) {
    const names = new Set(found.group.weights);
    const weights = found.files.filter(({ name }) => names.has(name));
    const path = weights[0]?.path ?? '';
    if (outcome === 'same') continue;
    if (outcome === 'duplicate') {
      for (const file of weights) report.duplicates.push(duplicateOf(context, record, file));
    } else if (outcome === 'moved') {
      const from = before === null ? null : firstWeights(context, before);
      report.moved.push(scannedModel(record, { path, from }));
    } else {
      report[outcome].push(scannedModel(record, { path }));
    }
  }
}

/** @internal Names again what is known to be there more than once and was not looked at now. No file is read. */
export async function reportKnownDuplicates(
  context: StoreContext,
  report: GrowingReport,
  { state, online }: { readonly state: ScanState; readonly online: readonly string[] },
): Promise<void> {
  const named = new Set(report.duplicates.map(({ path }) => path));
  for (const root of online) {
    for (const file of await state.duplicatesBelow(root)) {
      if (named.has(file.path)) continue;
      named.add(file.path);
      const record = await context.index.get(file.duplicateOf);
      // What has become of the model says whether the file is the only one with its content now.
      if (record?.files.some(({ sha256 }) => sha256 === file.sha256) === true)
        report.duplicates.push(duplicateOf(context, record, file));
    }
  }
}

function firstWeights({ layout }: StoreContext, record: ModelRecord): string | null {
  const file = record.files.find(({ role }) => role === 'weights');
  return file === undefined ? null : modelFilePath(layout, record, file);
}

function duplicateOf(
  { layout }: StoreContext,
  record: ModelRecord,
  { path, sha256, sizeBytes }: Pick<FoundFile, 'path' | 'sha256' | 'sizeBytes'>,
): GrowingReport['duplicates'][number] {
  const twin = record.files.find((file) => file.sha256 === sha256);
  const sameAs = twin === undefined ? record.slug : modelFilePath(layout, record, twin);
  return { sha256, sizeBytes, path, sameAs, modelId: record.id };
}
