import { startOperation, type ModelRecord, type Operation, type Progress } from '@modelkeep/core';
import type { BadContent, DoubledModel, RepairedFile, VerifyProblem, VerifyReport } from '@modelkeep/library';
import { relinkModel, type RelinkContext } from '../volumes/relink-model.ts';
import { fetchContent, type FetchContentContext } from './fetch-content.ts';
import { repairRepoFiles, type RepairRepoFilesContext, type RepoFilesRepair } from './repair-repo-files.ts';

/** How a library is repaired. */
export interface RepairLibraryOptions {
  /** `hash` reads every byte to find what is bad, `size` only looks at sizes. @default 'hash' */
  readonly depth?: 'hash' | 'size' | undefined;
  /** Also replaces files that somebody has changed in the models' folders. @default false */
  readonly replaceDiverged?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Content that could not be had. */
export interface RepairFailure {
  readonly slug: string;
  readonly file: string;
  readonly sha256: string;
  /** For people. */
  readonly reason: string;
}

/** What a repair found and did. */
export interface LibraryRepair {
  readonly found: VerifyReport;
  readonly repaired: readonly RepairedFile[];
  /** Problems that are still there. */
  readonly left: readonly VerifyProblem[];
  readonly failures: readonly RepairFailure[];
  /** Of what `repos` keeps, which no model has. */
  readonly repos: RepoFilesRepair;
  /** Bytes of the contents that were fetched, those of `repos` not counted. */
  readonly bytesFetched: number;
  /** Bytes that hard links in place of copies have saved. */
  readonly bytesSaved: number;
  /** Models that were known outside the library as others, and are one now; those with problems wait for the next repair. */
  readonly joined: readonly DoubledModel[];
}

/** @internal */
export interface RepairLibraryContext extends FetchContentContext, RepairRepoFilesContext {
  readonly relinking: RelinkContext;
}

/**
 * @internal Verifies, mends from what is in the library, and fetches what is not from where it came from. Damaged bytes are
 * in quarantine before good ones take their place.
 */
export function repairLibrary(
  context: RepairLibraryContext,
  { depth = 'hash', replaceDiverged, signal }: RepairLibraryOptions & { readonly signal: AbortSignal },
): Operation<LibraryRepair> {
  return startOperation(async (report) => {
    const { store, relinking } = context;
    const onJoined = async (_model: ModelRecord, formerId: string): Promise<void> =>
      void (await relinkModel(relinking, formerId, signal));
    const { bytes: bytesTotal } = await store.index.stats();
    report({ phase: 'hashing', bytesTotal });
    const onProgress = (bytesDone: number, file: string): void =>
      report({ bytesDone, file, fraction: bytesTotal === 0 ? 0 : Math.min(1, bytesDone / bytesTotal) });
    const found = await store.verify({ depth, signal, onProgress });
    const local = await store.repair(found, { replaceDiverged, onJoined, signal });
    const fetched = await fetchAll(context, local.bad, { report, signal });
    // The second pass gives the models' folders what came.
    const after = fetched.done.length === 0 ? null : await store.repair(found, { replaceDiverged, signal });
    const repaired = [...local.repaired, ...fetched.done, ...(after?.repaired ?? [])];
    const repos = await repairRepoFiles(context, { depth, report, signal });
    report({ phase: 'done', fraction: 1, file: null });
    return {
      found,
      repaired,
      left: found.problems.filter((problem) => !isMended(problem, { repaired, failures: fetched.failures })),
      failures: fetched.failures,
      repos,
      bytesFetched: fetched.bytes,
      bytesSaved: local.bytesSaved,
      joined: local.joined,
    };
  });
}

interface FetchedAll {
  readonly done: RepairedFile[];
  readonly failures: RepairFailure[];
  readonly bytes: number;
}

async function fetchAll(
  context: FetchContentContext,
  contents: readonly BadContent[],
  {
    report,
    signal,
  }: { readonly report: (change: Partial<Progress>) => void; readonly signal: AbortSignal | undefined },
): Promise<FetchedAll> {
  const bytesTotal = contents.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const fetched = { done: [] as RepairedFile[], failures: [] as RepairFailure[], bytes: 0 };
  for (const bad of contents) {
    const { slug, file, sha256, sizeBytes } = bad;
    const onProgress = (bytes: number): void => {
      const bytesDone = fetched.bytes + bytes;
      report({ phase: 'downloading', file, bytesDone, bytesTotal, fraction: Math.min(1, bytesDone / bytesTotal) });
    };
    const reason = await fetchContent(context, bad, { signal, onProgress });
    if (reason === null) {
      fetched.done.push({ slug, file, how: 'fetched' });
      fetched.bytes += sizeBytes;
    } else fetched.failures.push({ slug, file, sha256, reason });
  }
  return fetched;
}

function isMended(
  { slug, file, part, sha256 }: VerifyProblem,
  { repaired, failures }: Pick<LibraryRepair, 'repaired' | 'failures'>,
): boolean {
  if (part === 'blob') return failures.every((failure) => failure.sha256 !== sha256);
  return part === 'file' && repaired.some((done) => done.slug === slug && done.file === file);
}
