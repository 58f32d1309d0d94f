import { isModelkeepError } from '@modelkeep/core';
import type { WorkerPool } from '@modelkeep/workers';
import { checkDatabasePath } from './check-path.ts';

/** How long a lock is waited for. */
export interface AcquireLockOptions {
  /** In milliseconds; then `sqlite.locked`. @default 30_000 */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A lock that is held: among all processes of this machine, and among all callers of this one. */
export interface SqliteLock extends AsyncDisposable {
  /** Gives the lock back. Safe to call twice. */
  release(): Promise<void>;
}

/** @internal Takes the lock in a worker of the pool. */
export async function acquireLockIn(
  pool: WorkerPool,
  options: AcquireLockOptions & { readonly path: string; readonly driver: string },
): Promise<SqliteLock> {
  const { path, driver, timeoutMs = 30_000, signal } = options;
  checkDatabasePath(path);
  const lease = pool.lease();
  let released: Promise<void> | undefined;
  try {
    const connectionId = await lease.run<number>('lock', { path, driver, timeoutMs }, { signal });
    const giveBack = async (): Promise<void> => {
      try {
        await lease.run<void>('close', { connectionId });
      } catch (error) {
        // The lock died with its worker.
        if (!isModelkeepError(error, 'workers.died')) throw error;
      } finally {
        lease.release();
      }
    };
    const release = (): Promise<void> => (released ??= giveBack());
    if (signal?.aborted === true) {
      await release();
      throw signal.reason;
    }
    return { release, [Symbol.asyncDispose]: release };
  } catch (error) {
    lease.release();
    throw error;
  }
}
