import { ModelkeepError, noMetrics, silentLogger, systemClock } from '@modelkeep/core';
import { createConnectionBudget } from '../connections/connection-budget.ts';
import { fetchToPart } from '../fetch-to-part.ts';
import { createByteRateLimiter } from '../limits/create-byte-rate-limiter.ts';
import { createSpaceAccount } from '../space/create-space-account.ts';
import { countFetched } from './count-fetched.ts';
import { createJob, type ManagedJob } from './create-job.ts';
import type { ManagedTransfer, TransferHost } from './managed-transfer.ts';
import { createSameContent } from './same-content.ts';
import { createTransferQueue } from './transfer-queue.ts';
import type { Transfers, TransfersOptions } from './transfers.ts';

const FILES_AT_ONCE = 4;
/** Files that have their bytes and are being delivered: more of them share an fsync, and each holds an open file at most. */
const DELIVERIES_AT_ONCE = 16;

/**
 * Fetches many files: so many at once, by priority, within rate limits that can be changed, with room on the drive
 * reserved before anything is fetched.
 *
 * @throws `core.invalid-argument` for a rate or a number of files that is not above 0
 * @example
 * ```ts
 * import { createIo } from '@modelkeep/io';
 * import { createHttpClient } from '@modelkeep/network';
 * import { createTransfers } from '@modelkeep/transfer';
 *
 * await using io = createIo();
 * await using http = createHttpClient();
 * await using transfers = createTransfers({ http, io, maxBytesPerSecond: 10_000_000 });
 * const url = 'https://huggingface.co/org/name/resolve/main/model.safetensors';
 * const job = transfers.addAll([{ url, file: 'model.safetensors', part: '/tmp/1.part', journal: '/tmp/1.journal' }]);
 * job.progress.subscribe(({ bytesOnDisk, bytesTotal, etaMs }) => void [bytesOnDisk, bytesTotal, etaMs]);
 * const { outcomes } = await job.result;
 * void outcomes;
 * ```
 */
export function createTransfers(options: TransfersOptions): Transfers {
  const { http, io, clock = systemClock, logger = silentLogger, metrics = noMetrics } = options;
  const { fileSystem } = io;
  const filesAtOnce = checkedCount(options.filesAtOnce ?? FILES_AT_ONCE);
  const limiter = createByteRateLimiter({ bytesPerSecond: options.maxBytesPerSecond, clock });
  const space = options.space ?? createSpaceAccount({ io });
  const connections = options.connections ?? createConnectionBudget();
  const queue = createTransferQueue<ManagedTransfer>();
  const sameContent = createSameContent({ fileSystem, logger });
  const jobs = new Set<ManagedJob>();
  const fetching = new Set<ManagedTransfer>();
  const delivering = new Set<ManagedTransfer>();
  let prepared: Promise<void> = Promise.resolve();
  let isPaused = false;
  let isClosed = false;

  const schedule = (): void => {
    while (fetching.size < 2 * filesAtOnce && delivering.size < DELIVERIES_AT_ONCE) {
      const largeFiles = [...fetching].filter(({ isSmall }) => !isSmall).length;
      const next = queue.next({ large: largeFiles < filesAtOnce });
      if (next === undefined) return;
      const leader = sameContent.lead(next);
      if (leader === null) void start(next);
      else next.follow(leader);
    }
  };
  const start = async (transfer: ManagedTransfer): Promise<void> => {
    fetching.add(transfer);
    await transfer.run();
    fetching.delete(transfer);
    delivering.delete(transfer);
    const followers = sameContent.release(transfer);
    schedule();
    const { outcome } = transfer;
    for (const follower of followers) {
      if (outcome !== undefined && 'part' in outcome) await follower.reuse(outcome.part);
      else {
        follower.follow(null);
        follower.update();
      }
    }
  };
  const host: TransferHost = {
    clock,
    logger,
    fileSystem,
    get isPaused() {
      return isPaused;
    },
    touched: (transfer) => sameContent.touched(transfer),
    enqueue(transfer) {
      queue.add(transfer);
      schedule();
    },
    dequeue(transfer) {
      queue.remove(transfer);
      sameContent.unfollow(transfer);
    },
    storing(transfer) {
      if (!fetching.delete(transfer)) return;
      delivering.add(transfer);
      schedule();
    },
    moved: (transfer) => queue.moved(transfer),
    inherit: (transfer) => sameContent.inherit(transfer),
    bequeath: (transfer) => sameContent.bequeath(transfer),
    fetch: ({ file }, { limiter: jobLimiter, onProgress: tell, ...run }) => {
      const onProgress = countFetched(metrics, tell);
      const limiters = [limiter, jobLimiter];
      return fetchToPart({ ...file, ...run, onProgress, http, io, clock, logger, limiters, connections });
    },
  };
  const addAll: Transfers['addAll'] = (files, jobOptions = {}) => {
    if (isClosed) {
      throw new ModelkeepError('core.closed', {
        message: 'the downloads were closed',
        facts: { resource: 'transfers' },
        hint: 'open them anew',
      });
    }
    const jobLimiter = createByteRateLimiter({ bytesPerSecond: jobOptions.maxBytesPerSecond, clock });
    const job = createJob({
      host,
      space,
      limiter: jobLimiter,
      files,
      options: jobOptions,
      prepare: (begin) => {
        prepared = prepared.then(begin);
      },
      onEnd: (ended) => {
        jobs.delete(ended);
        sameContent.forget(ended.transfers);
      },
    });
    jobs.add(job);
    sameContent.know(job.transfers);
    return job.handle;
  };
  const updateAll = (): void => {
    for (const { transfers } of jobs) for (const transfer of transfers) transfer.update();
  };
  const close = async (): Promise<void> => {
    isClosed = true;
    const closed = new DOMException('the downloads were closed', 'AbortError');
    const left = [...jobs];
    for (const job of left) job.end({ state: 'stopped', error: closed });
    await Promise.allSettled(left.map(({ handle }) => handle.result));
  };

  return {
    add(file, jobOptions) {
      const [transfer] = addAll([file], jobOptions).transfers;
      if (transfer === undefined) throw new TypeError('a job of one file has one transfer');
      return transfer;
    },
    addAll,
    get jobs() {
      return [...jobs].map(({ handle }) => handle);
    },
    get maxBytesPerSecond() {
      return limiter.bytesPerSecond;
    },
    setMaxBytesPerSecond: (bytesPerSecond) => limiter.setBytesPerSecond(bytesPerSecond),
    async pause() {
      isPaused = true;
      updateAll();
      await Promise.all([...jobs].flatMap(({ transfers }) => transfers.map((transfer) => transfer.idle())));
    },
    resume() {
      isPaused = false;
      updateAll();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function checkedCount(filesAtOnce: number): number {
  if (Number.isSafeInteger(filesAtOnce) && filesAtOnce > 0) return filesAtOnce;
  throw new ModelkeepError('core.invalid-argument', {
    message: `${filesAtOnce} is no number of files`,
    facts: { argument: 'filesAtOnce', found: filesAtOnce },
    hint: 'give a whole number above 0',
  });
}
