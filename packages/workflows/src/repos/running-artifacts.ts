import { isModelkeepError, type Clock } from '@modelkeep/core';
import type { LibraryStore, VolumeLock } from '@modelkeep/library';

/** How often a lock that another process holds is asked for. */
const ASK_MS = 200;

/** @internal Work on artifacts of one repo. */
export interface ArtifactWork<T> {
  readonly repoId: string;
  readonly ids: readonly string[];
  readonly signal: AbortSignal;
  /** Called when this process has just taken the lock: what is said to be running was left behind. */
  readonly onTaken: () => Promise<void>;
  readonly run: () => Promise<T>;
}

/**
 * @internal What of the repos this process is downloading. Downloads from one repo share a lock, which keeps other processes
 * out: an artifact that is `downloading` while nobody holds the lock was left behind by one that died.
 */
export interface RunningArtifacts {
  has(artifactId: string): boolean;
  /** @throws what `run` throws, `signal.reason` also while another process is waited for */
  during<T>(work: ArtifactWork<T>): Promise<T>;
  /** Whether somebody downloads from the repo: this process or another one. */
  isBusy(repoId: string): Promise<boolean>;
}

/** @internal */
export function createRunningArtifacts(store: Pick<LibraryStore, 'lock'>, clock: Clock): RunningArtifacts {
  const running = new Map<string, number>();
  const held = new Map<string, { readonly lock: VolumeLock; users: number }>();
  const note = (ids: readonly string[], by: number): void => {
    for (const id of ids) {
      const count = (running.get(id) ?? 0) + by;
      if (count === 0) running.delete(id);
      else running.set(id, count);
    }
  };
  const enter = async ({ repoId, signal, onTaken }: ArtifactWork<unknown>): Promise<void> => {
    for (;;) {
      signal.throwIfAborted();
      const known = held.get(repoId);
      if (known !== undefined) {
        known.users += 1;
        return;
      }
      const lock = await takeLock(store, repoId);
      if (lock === null) {
        await clock.sleep(ASK_MS, signal);
        continue;
      }
      try {
        await onTaken();
      } catch (error) {
        await lock.release();
        throw error;
      }
      held.set(repoId, { lock, users: 1 });
      return;
    }
  };
  const leave = async (repoId: string): Promise<void> => {
    const known = held.get(repoId);
    if (known === undefined) return;
    known.users -= 1;
    if (known.users > 0) return;
    held.delete(repoId);
    await known.lock.release();
  };
  return {
    has: (artifactId) => running.has(artifactId),
    async during(work) {
      await enter(work);
      note(work.ids, 1);
      try {
        return await work.run();
      } finally {
        note(work.ids, -1);
        await leave(work.repoId);
      }
    },
    isBusy: async (repoId) => held.has(repoId) || isHeld(store, repoId),
  };
}

/** @internal Whether somebody downloads from a repo. */
export async function isHeld(store: Pick<LibraryStore, 'lock'>, repoId: string): Promise<boolean> {
  const lock = await takeLock(store, repoId);
  await lock?.release();
  return lock === null;
}

/** Null where somebody else has it. */
async function takeLock(store: Pick<LibraryStore, 'lock'>, repoId: string): Promise<VolumeLock | null> {
  try {
    return await store.lock(lockName('artifacts', repoId), { timeoutMs: 0 });
  } catch (error) {
    if (isModelkeepError(error, 'sqlite.locked') || isModelkeepError(error, 'io.lease-held')) return null;
    throw error;
  }
}

/** @internal The name of a lock; the id comes from a database, and a lock is a file. */
export function lockName(what: string, repoId: string): string {
  return `${what}-${repoId.replaceAll(/[^a-z0-9-]/gu, '').slice(0, 64)}`;
}
