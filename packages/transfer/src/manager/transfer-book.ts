import { createRateMeter, type Clock, type RateMeter } from '@modelkeep/core';
import type { TransferProgress, VerifiedPart } from '../fetch-options.ts';
import type { TransferSnapshot } from './transfer.ts';

type Amounts = Omit<TransferSnapshot, 'file' | 'state' | 'phase' | 'shared' | 'priority'>;

/** @internal The bytes of one transfer, over all its runs. */
export interface TransferBook {
  /** A run begins: what lay before does not count as slow. */
  begin(): void;
  note(progress: TransferProgress): void;
  /** The run has ended. */
  end(): void;
  /** What is on disk, when that is known from elsewhere. */
  onDisk(bytes: number): void;
  /** Bytes that came on the disk since the last call; below 0 when it begins anew. */
  takeWritten(): number;
  /** It is whole. @returns the part with the bytes of all runs */
  complete(part: VerifiedPart): VerifiedPart;
  amounts(): Amounts;
}

/** @internal */
export function createTransferBook(clock: Clock, bytesTotal: number | null): TransferBook {
  let progress: TransferProgress = { bytesOnDisk: 0, bytesVerified: 0, bytesTotal, bytesFetched: 0, connections: 0 };
  let fetchedBefore = 0;
  let countedBytes = 0;
  let meter: RateMeter | undefined;

  return {
    begin() {
      meter = createRateMeter();
    },
    note(found) {
      progress = found;
    },
    end() {
      fetchedBefore += progress.bytesFetched;
      progress = { ...progress, bytesFetched: 0, connections: 0 };
      meter = undefined;
    },
    onDisk(bytes) {
      progress = { ...progress, bytesOnDisk: bytes, bytesVerified: Math.min(bytes, progress.bytesVerified) };
    },
    takeWritten() {
      const writtenBytes = progress.bytesOnDisk - countedBytes;
      countedBytes = progress.bytesOnDisk;
      return writtenBytes;
    },
    complete(part) {
      const { sizeBytes } = part;
      progress = { ...progress, bytesOnDisk: sizeBytes, bytesVerified: sizeBytes, bytesTotal: sizeBytes };
      // What an earlier run has fetched was found by the last one.
      const resumedFromBytes = Math.max(0, part.resumedFromBytes - (fetchedBefore - part.bytesFetched));
      return { ...part, bytesFetched: fetchedBefore, resumedFromBytes };
    },
    amounts() {
      const bytesFetched = fetchedBefore + progress.bytesFetched;
      return { ...progress, bytesFetched, ...paceOf(meter, { ...progress, bytesFetched, nowMs: clock.monotonicMs() }) };
    },
  };
}

/** @internal What a pace is computed from. */
export interface PaceOf {
  readonly bytesFetched: number;
  readonly bytesOnDisk: number;
  readonly bytesTotal: number | null;
  readonly nowMs: number;
}

/** @internal Rate and time left, by a meter that is told the bytes as they are now; without one nothing runs. */
export function paceOf(
  meter: RateMeter | undefined,
  { bytesFetched, bytesOnDisk, bytesTotal, nowMs }: PaceOf,
): { readonly bytesPerSecond: number; readonly etaMs: number | null } {
  if (meter === undefined) return { bytesPerSecond: 0, etaMs: null };
  meter.note(bytesFetched, nowMs);
  const { bytesPerSecond } = meter;
  if (bytesPerSecond === 0 || bytesTotal === null) return { bytesPerSecond, etaMs: null };
  return { bytesPerSecond, etaMs: (Math.max(0, bytesTotal - bytesOnDisk) / bytesPerSecond) * 1_000 };
}
