import { randomBytes } from 'node:crypto';
import { ModelkeepError, systemClock } from '@modelkeep/core';
import { encodeProcessIdentity, processIdentity } from '../process/process-identity.ts';
import { holdLease } from './hold-lease.ts';
import { createLeaseObserver } from './lease-observer.ts';
import { createLease, heldName, moveLease, readLeaseState } from './lease-state.ts';
import type { AcquireLeaseOptions, Lease } from './lease.ts';

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 250;

/**
 * Takes a lock that works on network file systems, where those of the system and of SQLite cannot be relied on. It needs
 * nothing of the drive but that a rename happens once: the name of one file says who holds the lease and counts up while
 * the holder lives, and every change is a rename of the exact name that was seen.
 *
 * @throws `io.lease-held` after `timeoutMs`, `signal.reason`, `io.*` when the folder cannot be made or read
 * @example
 * ```ts
 * import { acquireLease, nodeFileSystem } from '@modelkeep/io';
 *
 * await using lease = await acquireLease({ fileSystem: nodeFileSystem, path: '/nas/models/.modelkeep/locks/gc.lease' });
 * console.log(lease.fence, lease.lost.aborted);
 * await lease.check(); // right before what must not happen twice
 * ```
 */
export async function acquireLease(options: AcquireLeaseOptions): Promise<Lease> {
  const { fileSystem, path, heartbeatMs = 4_000, expiryMs = 20_000, timeoutMs = 60_000, signal } = options;
  const { clock = systemClock } = options;
  if (!(heartbeatMs > 0 && expiryMs >= 3 * heartbeatMs)) throw invalidTimes(heartbeatMs, expiryMs);
  const identity = encodeProcessIdentity(processIdentity());
  const observer = createLeaseObserver({ expiryMs, maxGapMs: 2 * LONGEST_PAUSE_MS, monotonicMs: clock.monotonicMs });
  const startedMs = clock.monotonicMs();
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    signal?.throwIfAborted();
    const state = await readLeaseState(fileSystem, path);
    if (state === undefined) {
      await createLease(fileSystem, path);
      continue;
    }
    if (observer.sees(state)) {
      const holder = { beat: 0, token: randomBytes(8).toString('hex'), identity };
      const fence = state.fence + 1;
      const taken = await moveLease(fileSystem, path, { from: state.name, to: heldName(fence, holder) });
      if (taken)
        return keepOrGiveBack(holdLease({ fileSystem, path, fence, holder, heartbeatMs, expiryMs, clock }), signal);
    }
    const waitedMs = clock.monotonicMs() - startedMs;
    if (waitedMs >= timeoutMs) throw leaseHeld(path, waitedMs);
    await clock.sleep(pauseMs * (0.5 + Math.random()), signal);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

/** Who gave up meanwhile will not release it. */
async function keepOrGiveBack(lease: Lease, signal: AbortSignal | undefined): Promise<Lease> {
  if (signal?.aborted !== true) return lease;
  await lease.release();
  throw signal.reason;
}

function leaseHeld(path: string, waitedMs: number): ModelkeepError {
  return new ModelkeepError('io.lease-held', {
    message: `the lease ${path} is held by another process for ${Math.round(waitedMs)} ms`,
    facts: { path, waitedMs },
    hint: 'wait until the other process is done, and try again',
  });
}

function invalidTimes(heartbeatMs: number, expiryMs: number): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `a lease that expires after ${expiryMs} ms cannot be kept with a heartbeat each ${heartbeatMs} ms`,
    facts: { argument: 'expiryMs', found: expiryMs },
    hint: 'let it expire after three heartbeats or more',
  });
}
