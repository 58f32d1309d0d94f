import type { ModelRecord } from '@modelkeep/core';
import type { AdoptedModel } from '../external/adopt-set.ts';
import type { FoundFile } from '../external/found-set.ts';
import { modelFilePath } from '../models/model-folder.ts';
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

function firstWeights({ layout }: StoreContext, record: ModelRecord): string | null {
  const file = record.files.find(({ role }) => role === 'weights');
  return file === undefined ? null : modelFilePath(layout, record, file);
}

function duplicateOf(
  { layout }: StoreContext,
  record: ModelRecord,
  { path, sha256, sizeBytes }: FoundFile,
): GrowingReport['duplicates'][number] {
  const twin = record.files.find((file) => file.sha256 === sha256);
  const sameAs = twin === undefined ? record.slug : modelFilePath(layout, record, twin);
  return { sha256, sizeBytes, path, sameAs, modelId: record.id };
}
