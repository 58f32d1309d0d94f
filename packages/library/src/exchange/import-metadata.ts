import { isModelkeepError, newId } from '@modelkeep/core';
import { isHere, type StoreContext } from '../store-context.ts';
import { changeModel } from '../models/change-model.ts';
import { weightsKey } from '../models/file-order.ts';
import { readModel, type FoundModel } from '../models/walk-models.ts';
import type { ExportedModel } from './export-metadata.ts';
import { checkHeader, readModelLine } from './export-lines.ts';
import { mergeExported } from './merge-exported.ts';
import { invalidExport, textLines } from './text-lines.ts';

/** How an export is read. */
export interface ImportMetadataOptions {
  /** Whether what a person has stated in the export replaces what one has stated here. @default false */
  readonly replaceEdits?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What became of an export. Plain data. */
export interface MetadataImportReport {
  /** Models that are here and have learnt something. */
  readonly changed: number;
  /** Models that are here and knew everything. */
  readonly unchanged: number;
  /** Models that are not here. */
  readonly unmatched: number;
  /** The first 1,000 that are not here. */
  readonly missing: readonly { readonly slug: string; readonly officialName: string }[];
  /** The first 1,000 lines that could not be used. */
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
}

/** As much as a metadata.json may hold. */
const LONGEST_LINE = 16 * 1024 * 1024;
const MOST_LISTED = 1_000;

/** @internal Gives what an export knows to the models that have the same weights. */
export async function importMetadata(
  context: StoreContext,
  source: AsyncIterable<string | Uint8Array>,
  { replaceEdits = false, signal }: ImportMetadataOptions,
): Promise<MetadataImportReport> {
  const count = { changed: 0, unchanged: 0, unmatched: 0 };
  const missing: { slug: string; officialName: string }[] = [];
  const problems: { line: number; reason: string }[] = [];
  const note = <T>(list: T[], item: T): void => void (list.length < MOST_LISTED && list.push(item));
  let hasHeader = false;
  for await (const line of textLines(source, LONGEST_LINE)) {
    signal?.throwIfAborted();
    if (!hasHeader) {
      checkHeader(line);
      hasHeader = true;
      continue;
    }
    const exported = readModelLine(line);
    if ('reason' in exported) {
      if (exported.reason !== null) note(problems, { line: line.number, reason: exported.reason });
      continue;
    }
    const found = await findPresent(context, exported);
    const present = found?.model ?? null;
    if (present === null) {
      count.unmatched += 1;
      const { slug, officialName } = exported.metadata;
      note(missing, { slug, officialName });
      continue;
    }
    try {
      count[await learn(found?.home ?? context, present, { exported, replaceEdits, signal })] += 1;
    } catch (error) {
      // A model that cannot be changed does not hide the others; a drive that fails does.
      if (!isModelkeepError(error) || error.code.startsWith('io.')) throw error;
      note(problems, { line: line.number, reason: error.message });
    }
  }
  if (!hasHeader) throw invalidExport(1, 'there is nothing in it');
  return { ...count, missing, problems };
}

/** The index says where to look, the metadata on disk decides. */
async function findPresent(
  context: StoreContext,
  { metadata }: ExportedModel,
): Promise<{ readonly home: StoreContext; readonly model: FoundModel } | null> {
  const key = weightsKey(metadata.files);
  const weights = metadata.files.find(({ role }) => role === 'weights');
  if (weights === undefined) return null;
  for (const { modelId } of await context.index.findByFileHash({ sha256: weights.sha256 })) {
    const record = await context.index.get(modelId);
    if (record === null || weightsKey(record.files) !== key) continue;
    try {
      const volumes = context.volumes?.online() ?? [context];
      const home = volumes.find((volume) => isHere(volume, record)) ?? context;
      const model = await readModel(home.fileSystem, home.layout, record.slug);
      if (weightsKey(model.metadata.files) === key) return { home, model };
    } catch (error) {
      if (!isModelkeepError(error)) throw error;
    }
  }
  return null;
}

interface Lesson {
  readonly exported: ExportedModel;
  readonly replaceEdits: boolean;
  readonly signal: AbortSignal | undefined;
}

async function learn(
  context: StoreContext,
  present: FoundModel,
  { exported, replaceEdits, signal }: Lesson,
): Promise<'changed' | 'unchanged'> {
  const { id } = present.metadata;
  const record = await changeModel(context, {
    id,
    slug: present.slug,
    txn: newId(),
    by: 'import',
    signal,
    change: (state) => mergeExported(state, exported, { replaceEdits }),
  });
  return record.revision === present.metadata.revision ? 'unchanged' : 'changed';
}
