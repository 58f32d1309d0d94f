import { decodeProcessIdentity, processIdentity } from '../process/process-identity.ts';
import { isProvablyDead } from '../process/process-liveness.ts';
import type { LeaseState } from './lease-state.ts';

/** @internal Watches the holder of a lease from outside. */
export interface LeaseObserver {
  /** Takes what was just read. @returns whether the holder has lost the lease to whoever takes it */
  sees(state: LeaseState): boolean;
}

/**
 * @internal A holder is gone when nothing has changed for long enough by this process's own clock: clocks of two machines are
 * never compared. Time in which this process itself stood still proves nothing and hardly counts. A holder on this very
 * run of this machine that is provably dead is gone at once; another run is not proof enough, since copies of a virtual
 * machine look alike.
 */
export function createLeaseObserver(options: {
  readonly expiryMs: number;
  /** The longest pause between two looks that counts in full. */
  readonly maxGapMs: number;
  readonly monotonicMs: () => number;
}): LeaseObserver {
  const { expiryMs, maxGapMs, monotonicMs } = options;
  const self = processIdentity();
  let seen: string | undefined;
  let unchangedMs = 0;
  let lookedMs = 0;
  return {
    sees({ name, holder }) {
      const nowMs = monotonicMs();
      unchangedMs = name === seen ? unchangedMs + Math.min(nowMs - lookedMs, maxGapMs) : 0;
      seen = name;
      lookedMs = nowMs;
      if (holder === null) return true;
      const identity = decodeProcessIdentity(holder.identity);
      const isSameRun = identity !== undefined && identity.bootId !== '' && identity.bootId === self.bootId;
      return unchangedMs >= expiryMs || (isSameRun && isProvablyDead(identity));
    },
  };
}
