import type { TransferAmounts, TransferSnapshot } from './transfer.ts';

/** @internal What {@link snapshotOf} is made from. */
export interface TransferSnapshotParts extends Pick<TransferSnapshot, 'file' | 'state' | 'priority'> {
  readonly isStoring: boolean;
  readonly own: TransferAmounts & { readonly connections: number };
  /** The one that it waits for. */
  readonly leader: TransferSnapshot | undefined;
}

/** @internal Who waits for another transfer shows the bytes of that one, but those that were fetched for itself. */
export function snapshotOf({ file, state, priority, isStoring, own, leader }: TransferSnapshotParts): TransferSnapshot {
  const { bytesOnDisk, bytesVerified, bytesTotal, bytesPerSecond, etaMs } = leader ?? own;
  return {
    file,
    state,
    phase: phaseOf(state, { isStoring, isWhole: bytesOnDisk === bytesTotal }),
    shared: leader !== undefined,
    priority,
    connections: own.connections,
    bytesOnDisk,
    bytesVerified,
    bytesFetched: own.bytesFetched,
    bytesTotal,
    bytesPerSecond,
    etaMs,
  };
}

interface PhaseFacts {
  readonly isStoring: boolean;
  readonly isWhole: boolean;
}

function phaseOf(state: TransferSnapshot['state'], { isStoring, isWhole }: PhaseFacts): TransferSnapshot['phase'] {
  if (state === 'waiting' || state === 'paused') return 'waiting';
  if (state !== 'running') return 'ended';
  if (isStoring) return 'storing';
  return isWhole ? 'verifying' : 'fetching';
}
