import { isModelkeepError, type ModelRecord, type Progress } from '@modelkeep/core';
import type { WalkedStore } from '@modelkeep/io';
import { adoptSet, type AdoptedModel } from '../external/adopt-set.ts';
import type { FoundFile, FoundSet } from '../external/found-set.ts';
import { hashFound } from '../scan/hash-found.ts';
import { reportAdopted } from '../scan/report-adopted.ts';
import { MAX_COMPANION_BYTES } from '../scan/scan-rules.ts';
import type { GrowingReport } from '../scan/scan-report.ts';
import type { KnownFile, ScanState } from '../state/scan-state.ts';
import { timestamp, type StoreContext } from '../store-context.ts';
import { fileRole } from '@modelkeep/core';
import { readHuggingFaceRepo } from './hugging-face.ts';
import { refused } from './inspect-file.ts';
import { readOllamaStore } from './ollama.ts';
import type { StoreFile, StoreReading, StoreSet } from './store-set.ts';

/** @internal How stores are scanned. */
export interface ScanStoresOptions {
  readonly state: ScanState;
  readonly report: GrowingReport;
  readonly tell: (change: Partial<Progress>) => void;
  readonly maxHashBytes?: number | undefined;
  readonly trustStores?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @internal Reads what another tool keeps. */
export function readStore(context: StoreContext, { kind, path }: WalkedStore): Promise<StoreReading> {
  return kind === 'ollama'
    ? readOllamaStore(context.fileSystem, path, timestamp(context))
    : readHuggingFaceRepo(context.fileSystem, path);
}

/**
 * @internal Makes models of what other tools keep, where it is.
 *
 * @returns the real paths of all files that the stores name
 */
export async function scanStores(
  context: StoreContext,
  stores: readonly WalkedStore[],
  options: ScanStoresOptions,
): Promise<Set<string>> {
  const { report, signal } = options;
  const seen = new Set<string>();
  for (const store of stores) {
    signal?.throwIfAborted();
    const { sets, problems, skipped } = await readStore(context, store);
    report.errors.push(...problems);
    report.skipped.push(...skipped);
    const claimed = new Map<string, ModelRecord>();
    for (const { files } of sets) for (const { real } of files) seen.add(real);
    report.total += new Set(
      sets.flatMap(({ files }) => files.filter(({ name }) => fileRole(name) === 'weights').map(({ real }) => real)),
    ).size;
    for (const set of sets) await adoptStoreSet(context, set, { ...options, claimed });
  }
  return seen;
}

/** @internal Makes models of one set of a store; one that cannot be read is an error of the report. */
export async function adoptStoreSet(
  context: StoreContext,
  set: StoreSet,
  options: ScanStoresOptions & { readonly claimed: Map<string, ModelRecord> },
): Promise<AdoptedModel[]> {
  const { state, report, claimed, signal } = options;
  const files = usefulFiles(set);
  const known = new Map<string, KnownFile>();
  for (const { real } of files) {
    const row = await state.file(real);
    if (row !== null) known.set(real, row);
  }
  const wanted = files.map(({ real, sizeBytes, stamp, claim }) => ({
    path: real,
    sizeBytes,
    ...stamp,
    trustedSha256: options.trustStores === true ? (claim.sha256 ?? undefined) : undefined,
  }));
  const contents = await hashFound(context, wanted, known, { ...options, onProgress: options.tell });
  const found = files.flatMap((file) => foundFile(file, { content: contents.get(file.real), report }));
  const foundSet: FoundSet = { ...set, files: found, sharesCompanions: true };
  try {
    const adopted = await adoptSet(context, foundSet, { claimed, signal });
    reportAdopted(context, report, adopted);
    const fresh = found.filter(({ real, sha256 }) => known.get(real)?.adoptedSha256 !== sha256);
    if (fresh.length > 0) await state.settle({ adopted: fresh.map(({ real }) => real) });
    return adopted;
  } catch (error) {
    if (!isModelkeepError(error, 'io.not-found') && !isModelkeepError(error, 'io.changed-while-read')) throw error;
    report.errors.push({ path: set.folder, code: error.code, message: error.message });
    return [];
  }
}

/** Without weights there is no model; large files that are none are not read. */
function usefulFiles({ files }: StoreSet): StoreFile[] {
  const useful = files.filter(
    ({ name, sizeBytes }) => fileRole(name) === 'weights' || sizeBytes <= MAX_COMPANION_BYTES,
  );
  return useful.some(({ name }) => fileRole(name) === 'weights') ? useful : [];
}

/** A file that is not what its store calls it is damaged: nobody's model. */
function foundFile(
  file: StoreFile,
  { content, report }: { readonly content: KnownFile | undefined; readonly report: GrowingReport },
): FoundFile[] {
  if (content === undefined) return [];
  const { sha256, adoptedSha256 } = content;
  if (file.claim.sha256 !== null && file.claim.sha256 !== sha256) {
    report.errors.push({
      ...refused(file.path, `its store calls it ${file.claim.sha256}, and its content is ${sha256}`),
      code: 'library.damaged-entry',
    });
    return [];
  }
  const { name, path, real, sizeBytes, stamp, source } = file;
  const previousSha256 = adoptedSha256 === sha256 ? null : adoptedSha256;
  return [{ name, path, real, sizeBytes, stamp, sha256, gitSha1: null, source, previousSha256 }];
}
