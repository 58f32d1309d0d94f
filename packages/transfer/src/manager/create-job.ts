import type { AdjustableRateLimiter } from '../limits/byte-rate-limiter.ts';
import type { SpaceAccount } from '../space/space-account.ts';
import { createManagedTransfer } from './create-managed-transfer.ts';
import { createJobSums } from './job-sums.ts';
import type { ManagedTransfer, TransferEnd, TransferHost, TransferOwner } from './managed-transfer.ts';
import { reserveForFiles, type JobSpace } from './reserve-for-files.ts';
import { createThrottledValue } from './throttled-value.ts';
import type { TransferFile } from './transfer-file.ts';
import type {
  TransferJob,
  TransferJobOptions,
  TransferJobResult,
  TransferJobSnapshot,
  TransferOutcome,
} from './transfer-job.ts';

/** @internal What a job is made from. */
export interface JobParts {
  readonly host: TransferHost;
  readonly space: SpaceAccount;
  readonly limiter: AdjustableRateLimiter;
  readonly files: readonly TransferFile[];
  readonly options: TransferJobOptions;
  /** Runs what prepares a job after that of the jobs before it, so that they come in line in this order. */
  readonly prepare: (begin: () => Promise<void>) => void;
  /** Called when it has ended. */
  readonly onEnd: (job: ManagedJob) => void;
}

/** @internal A job, as the manager sees it. */
export interface ManagedJob {
  readonly handle: TransferJob;
  readonly transfers: readonly ManagedTransfer[];
  end(end: TransferEnd): void;
}

/** @internal Files that are fetched together. */
export function createJob({ host, space, limiter, files, options, prepare, onEnd }: JobParts): ManagedJob {
  const { onError = 'stop', priority = 0, signal } = options;
  const { promise: result, resolve, reject } = Promise.withResolvers<TransferJobResult>();
  result.catch(() => {});
  let reserved: JobSpace | undefined;
  let isReady = false;
  let isPaused = false;
  let ending: TransferEnd | undefined;
  let left = files.length;
  let isOver = false;

  const owner: TransferOwner = {
    limiter,
    get isReady() {
      return isReady;
    },
    get isPaused() {
      return isPaused;
    },
    touched(transfer, { writtenBytes }) {
      if (writtenBytes !== 0) reserved?.wrote(transfer, writtenBytes);
      told.touch();
    },
    ended(transfer) {
      left -= 1;
      sums.add(transfer);
      const { state, outcome } = transfer;
      if (state === 'failed' && onError === 'stop' && outcome !== undefined && 'error' in outcome) {
        end({ state: 'failed', error: outcome.error });
      }
      if (left === 0 && isReady) finish();
    },
  };
  const transfers = files.map((file) => createManagedTransfer({ host, owner, file, priority }));
  const sums = createJobSums(host.clock, transfers);
  const snapshot = (): TransferJobSnapshot => sums.snapshot(isOver ? (ending?.state ?? 'done') : null);
  const told = createThrottledValue({ clock: host.clock, read: snapshot });

  const end = (how: TransferEnd): void => {
    if (ending !== undefined || isOver) return;
    ending = how;
    // The file that failed has ended by itself; the others end because of it.
    const others: TransferEnd = how.state === 'failed' ? { state: 'stopped', error: how.error } : how;
    for (const transfer of transfers) transfer.end(others);
  };
  const finish = (): void => {
    isOver = true;
    signal?.removeEventListener('abort', stop);
    reserved?.release();
    told.end();
    if (ending === undefined) resolve(resultOf(transfers));
    else reject(ending.error);
    onEnd(self);
  };
  const stop = (): void => end({ state: 'stopped', error: signal?.reason });
  const begin = async (): Promise<void> => {
    try {
      if (ending === undefined) reserved = await reserveForFiles({ fileSystem: host.fileSystem, space, transfers });
    } catch (error) {
      end({ state: 'failed', error });
    }
    isReady = true;
    if (left === 0) finish();
    else for (const transfer of transfers) transfer.update();
  };
  const idle = async (): Promise<void> => {
    await Promise.all(transfers.map((transfer) => transfer.idle()));
  };
  const updateAll = (): void => {
    for (const transfer of transfers) transfer.update();
  };

  const self: ManagedJob = {
    transfers,
    end,
    handle: {
      transfers: transfers.map(({ handle }) => handle),
      progress: told.value,
      result,
      get maxBytesPerSecond() {
        return limiter.bytesPerSecond;
      },
      setMaxBytesPerSecond: (bytesPerSecond) => limiter.setBytesPerSecond(bytesPerSecond),
      setPriority(wanted) {
        for (const { handle } of transfers) handle.setPriority(wanted);
      },
      async pause() {
        isPaused = true;
        updateAll();
        await idle();
      },
      resume() {
        isPaused = false;
        updateAll();
      },
      async cancel() {
        end({ state: 'cancelled', error: new DOMException('the downloads were cancelled', 'AbortError') });
        await result.catch(() => {});
      },
    },
  };
  if (signal?.aborted === true) stop();
  else signal?.addEventListener('abort', stop, { once: true });
  prepare(begin);
  return self;
}

function resultOf(transfers: readonly ManagedTransfer[]): TransferJobResult {
  let bytesFetched = 0;
  let resumedFromBytes = 0;
  const outcomes = transfers.map((transfer): TransferOutcome => {
    const { file } = transfer.file;
    const { outcome } = transfer;
    bytesFetched += transfer.snapshot().bytesFetched;
    if (outcome === undefined || 'error' in outcome) {
      return { file, state: transfer.state === 'cancelled' ? 'cancelled' : 'failed', error: outcome?.error };
    }
    resumedFromBytes += outcome.part.resumedFromBytes;
    return { file, state: 'done', part: outcome.part };
  });
  return { outcomes, bytesFetched, resumedFromBytes };
}
