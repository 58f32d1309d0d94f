import { isModelkeepError, type Clock } from '@modelkeep/core';
import type { ProgressEntry, SharedState } from '@modelkeep/fleet';
import { HEARTBEAT_MS } from './report-model-progress.ts';

/** After how long without a sign whoever is at a key counts as gone. */
const GONE_MS = 5 * HEARTBEAT_MS;
const RUNNING: readonly string[] = ['pending', 'downloading', 'verifying'];

/** @internal */
export interface ClaimContext {
  readonly state: SharedState;
  readonly clock: Clock;
}

/**
 * @internal Takes the download of a key for this process, where no other one is at it.
 *
 * @returns false when another one is
 */
export async function claimKey({ state, clock }: ClaimContext, key: string, signal: AbortSignal): Promise<boolean> {
  const entry = await state.progress.get(key, { signal });
  if (entry !== null && isRunning(entry, clock)) return false;
  const startedAt = new Date(clock.now()).toISOString();
  const fresh = { status: 'pending', bytesDone: 0, bytesTotal: 0, error: null, startedAt } as const;
  try {
    await state.progress.update(key, fresh, { ifVersion: entry?.version ?? 0, signal });
    return true;
  } catch (error) {
    if (isModelkeepError(error, 'fleet.conflict')) return false;
    throw error;
  }
}

/** @internal Waits until nobody is at a key: it is done, has failed, or who was at it is gone. */
export async function awaitOther(
  { state, clock }: ClaimContext,
  key: string,
  { onProgress, signal }: { readonly onProgress: (entry: ProgressEntry) => void; readonly signal: AbortSignal },
): Promise<void> {
  for (;;) {
    const entry = await state.progress.get(key, { signal });
    if (entry === null || !isRunning(entry, clock)) return;
    onProgress(entry);
    await clock.sleep(100, signal);
  }
}

/** Whoever is at a key gives a sign now and then. */
function isRunning({ status, updatedAt }: ProgressEntry, clock: Clock): boolean {
  return RUNNING.includes(status) && Math.abs(clock.now() - Date.parse(updatedAt)) < GONE_MS;
}
