import { createRateMeter, type Clock, type RateMeter } from '@modelkeep/core';
import type { ManagedTransfer } from './managed-transfer.ts';
import { paceOf } from './transfer-book.ts';
import type { TransferJobSnapshot } from './transfer-job.ts';
import type { TransferSnapshot, TransferState } from './transfer.ts';

/** @internal The files of a job, summed up. What has ended is summed up once. */
export interface JobSums {
  /** It has ended. */
  add(transfer: ManagedTransfer): void;
  /** @param ended - how the job has ended, or null */
  snapshot(ended: TransferState | null): TransferJobSnapshot;
}

interface Sums {
  bytesOnDisk: number;
  bytesVerified: number;
  bytesFetched: number;
  bytesTotal: number;
  unknownTotals: number;
  readonly states: Record<TransferState, number>;
}

/** @internal */
export function createJobSums(clock: Clock, transfers: readonly ManagedTransfer[]): JobSums {
  const left = new Set(transfers);
  const ended: Sums = emptySums();
  let meter: RateMeter | undefined;

  return {
    add(transfer) {
      if (left.delete(transfer)) addTo(ended, transfer.snapshot());
    },
    snapshot(state) {
      const sums = { ...ended, states: { ...ended.states } };
      const running: TransferSnapshot[] = [];
      for (const transfer of left) {
        const snapshot = transfer.snapshot();
        addTo(sums, snapshot);
        if (snapshot.state === 'running') running.push(snapshot);
      }
      meter = running.length > 0 ? (meter ?? createRateMeter()) : undefined;
      const { bytesOnDisk, bytesVerified, bytesFetched, states } = sums;
      const bytesTotal = sums.unknownTotals === 0 ? sums.bytesTotal : null;
      return {
        state: state ?? stateOf(states),
        filesDone: states.done,
        filesFailed: states.failed,
        filesTotal: transfers.length,
        running,
        bytesOnDisk,
        bytesVerified,
        bytesFetched,
        bytesTotal,
        ...paceOf(meter, { bytesFetched, bytesOnDisk, bytesTotal, nowMs: clock.monotonicMs() }),
      };
    },
  };
}

function emptySums(): Sums {
  const states = { waiting: 0, running: 0, paused: 0, done: 0, failed: 0, stopped: 0, cancelled: 0 };
  return { bytesOnDisk: 0, bytesVerified: 0, bytesFetched: 0, bytesTotal: 0, unknownTotals: 0, states };
}

function addTo(sums: Sums, snapshot: TransferSnapshot): void {
  sums.states[snapshot.state] += 1;
  sums.bytesOnDisk += snapshot.bytesOnDisk;
  sums.bytesVerified += snapshot.bytesVerified;
  sums.bytesFetched += snapshot.bytesFetched;
  sums.bytesTotal += snapshot.bytesTotal ?? 0;
  if (snapshot.bytesTotal === null) sums.unknownTotals += 1;
}

function stateOf(states: Sums['states']): TransferState {
  if (states.running > 0) return 'running';
  return states.waiting === 0 && states.paused > 0 ? 'paused' : 'waiting';
}
