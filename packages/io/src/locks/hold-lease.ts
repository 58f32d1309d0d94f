import { ModelkeepError, type Clock } from '@modelkeep/core';
import type { FileSystem } from '../ports/file-system.ts';
import { freeName, heldName, moveLease, type LeaseState } from './lease-state.ts';
import type { Lease } from './lease.ts';

/** @internal A lease that was just taken. */
export interface HoldLeaseOptions {
  readonly fileSystem: FileSystem;
  readonly path: string;
  readonly fence: number;
  readonly holder: NonNullable<LeaseState['holder']>;
  readonly heartbeatMs: number;
  readonly expiryMs: number;
  readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>;
}

/**
 * @internal Shows that the holder is alive by counting up in the lease's name. Each count is a rename of the exact name
 * before, so it fails once somebody else has taken the lease, however late it comes.
 */
export function holdLease(options: HoldLeaseOptions): Lease {
  const { fileSystem, path, fence, heartbeatMs, expiryMs, clock } = options;
  const lost = new AbortController();
  const released = new AbortController();
  let holder = options.holder;
  /** One rename at a time: each begins with the name that the one before has made. */
  let last: Promise<unknown> = Promise.resolve();

  const lose = (): ModelkeepError => {
    const error = leaseLost(path, fence);
    if (!lost.signal.aborted) lost.abort(error);
    return lost.signal.reason as ModelkeepError;
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
  const beat = (): Promise<void> =>
    inTurn(async () => {
      lost.signal.throwIfAborted();
      if (released.signal.aborted) throw leaseLost(path, fence);
      const next = { ...holder, beat: holder.beat + 1 };
      const moved = await moveLease(fileSystem, path, { from: heldName(fence, holder), to: heldName(fence, next) });
      if (!moved) throw lose();
      holder = next;
      watch();
    });

  let watched = new AbortController();
  /** Where the drive does not answer, or this process stood still, others may have taken over: that is found out here. */
  const watch = (): void => {
    watched.abort();
    watched = new AbortController();
    const end = AbortSignal.any([watched.signal, released.signal]);
    clock.sleep(expiryMs - heartbeatMs, end).then(
      () => void lose(),
      () => {},
    );
  };
  const live = async (): Promise<void> => {
    const end = AbortSignal.any([lost.signal, released.signal]);
    for (;;) {
      await clock.sleep(heartbeatMs, end);
      // A drive that fails once may answer the next time; the watch ends it when that takes too long.
      await beat().catch(() => {});
    }
  };
  watch();
  // Ends by one of its two signals.
  live().catch(() => {});

  const giveBack = async (): Promise<void> => {
    released.abort();
    await inTurn(() => moveLease(fileSystem, path, { from: heldName(fence, holder), to: freeName(fence) })).catch(
      // The drive does not answer: then others will see that nothing changes any more.
      () => {},
    );
  };
  let releasing: Promise<void> | undefined;
  const release = (): Promise<void> => (releasing ??= giveBack());
  return { path, fence, lost: lost.signal, check: beat, release, [Symbol.asyncDispose]: release };
}

function leaseLost(path: string, fence: number): ModelkeepError {
  return new ModelkeepError('io.lease-lost', {
    message: `the lease ${path} was lost: this process was not seen alive for too long`,
    facts: { path, fence },
    hint: 'run the operation again; if it happens often, the drive or the connection to it is too slow',
  });
}
