import { join, sep } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { ArtifactChange, ArtifactRecord } from '@modelkeep/fleet';
import pMap from 'p-map';
import { fileHere, sizeOf } from '../state/files-here.ts';
import type { RunningRepos } from './repos-context.ts';
import { isHeld } from './running-artifacts.ts';

const AT_ONCE = 32;
const NOT_HERE: ArtifactChange = { status: 'pending', localPath: null, contentSha256: null };

/**
 * @internal Artifacts as they are on the disk, noted where the record says something else: a file that is gone is to be
 * fetched again, one that was moved with its model is where that is now, and what a process was at that died is at rest.
 */
export async function artifactsNow(
  context: RunningRepos,
  records: readonly ArtifactRecord[],
  signal?: AbortSignal,
): Promise<readonly ArtifactRecord[]> {
  const busy = new Map<string, Promise<boolean>>();
  const isBusy = (repoId: string): Promise<boolean> => {
    const known = busy.get(repoId) ?? context.running.isBusy(repoId);
    busy.set(repoId, known);
    return known;
  };
  return pMap(
    records,
    async (record) => {
      const change = await changeOf(context, record, { isBusy, signal });
      return change === null ? record : noteChange(context, record, change);
    },
    { concurrency: AT_ONCE, signal },
  );
}

async function changeOf(
  context: RunningRepos,
  record: ArtifactRecord,
  {
    isBusy,
    signal,
  }: { readonly isBusy: (repoId: string) => Promise<boolean>; readonly signal: AbortSignal | undefined },
): Promise<ArtifactChange | null> {
  const { id, repoId, status, localPath, sizeBytes } = record;
  if (status === 'downloading') {
    const isLeft = context.store.mode === 'write' && !context.running.has(id) && !(await isBusy(repoId));
    return isLeft ? notHere(context, record) : null;
  }
  if (status !== 'completed') return null;
  if (localPath !== null && (await sizeOf(context.fileSystem, localPath)) === sizeBytes) return null;
  const found = await fileHere(context, record, signal);
  return found === null ? notHere(context, record) : { localPath: found.path, contentSha256: found.sha256 };
}

/** @internal The artifacts of a repo; those that are said to be downloaded while nobody is at them are at rest. */
export async function artifactsOf(
  { state, store }: Pick<RunningRepos, 'state' | 'store'>,
  repoId: string,
  signal?: AbortSignal,
): Promise<readonly ArtifactRecord[]> {
  const records = await state.repos.listArtifacts({ repoId, signal });
  const isLeft = ({ status }: ArtifactRecord): boolean => status === 'downloading';
  if (store.mode === 'read' || !records.some(isLeft) || (await isHeld(store, repoId))) return records;
  const atRest = (record: ArtifactRecord): Promise<ArtifactRecord> =>
    noteChange({ state, store }, record, notHere({ store }, record));
  return pMap(records, (record) => (isLeft(record) ? atRest(record) : record), { concurrency: AT_ONCE, signal });
}

/** A small file keeps its place and hash: a verification goes on telling of it until it is as it was. */
function notHere({ store }: Pick<RunningRepos, 'store'>, { localPath }: ArtifactRecord): ArtifactChange {
  const isSmall = localPath?.startsWith(join(store.root, 'repos') + sep) === true;
  return isSmall ? { status: 'pending' } : NOT_HERE;
}

/** @internal Writes a change, unless the artifact is another one by now: then that counts. */
export async function noteChange(
  { state, store }: Pick<RunningRepos, 'state' | 'store'>,
  record: ArtifactRecord,
  change: ArtifactChange,
): Promise<ArtifactRecord> {
  if (store.mode === 'read') return { ...record, ...definedOf(change) };
  try {
    return await state.repos.updateArtifact(record.id, change, { ifVersion: record.version });
  } catch (error) {
    if (!isModelkeepError(error, 'fleet.conflict') && !isModelkeepError(error, 'fleet.not-found')) throw error;
    const [now] = await state.repos.listArtifacts({ ids: [record.id] });
    return now ?? record;
  }
}

/** @internal Writes how the work on an artifact ended, whatever else was noted of it meanwhile, unless its content is another one. */
export async function noteEnd(
  context: Pick<RunningRepos, 'state' | 'store'>,
  record: ArtifactRecord,
  change: ArtifactChange,
): Promise<ArtifactRecord> {
  for (let known = record; ;) {
    const now = await noteChange(context, known, change);
    const isWritten = now.status === change.status && now.localPath === (change.localPath ?? now.localPath);
    if (isWritten || now.version === known.version || !isSameContent(now, record)) return now;
    known = now;
  }
}

/** @internal Whether two tell of the same bytes. */
export function isSameContent(a: FileContent, b: FileContent): boolean {
  return a.sizeBytes === b.sizeBytes && a.sha256 === b.sha256 && a.gitSha1 === b.gitSha1;
}

interface FileContent {
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  readonly gitSha1: string | null;
}

function definedOf(change: ArtifactChange): Partial<ArtifactRecord> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
