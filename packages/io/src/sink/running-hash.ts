import type { WorkerLease } from '@modelkeep/workers';
import type { HashAlgorithm } from '../hashing/hasher.ts';
import type { ReadonlyByteRanges } from '../ranges/byte-ranges.ts';
import type { HashBeginInput, HashBytesInput, HashInput, HashRangeInput } from '../worker/hash-tasks.ts';
import type { SharedBytes } from '../worker/worker-tools.ts';

/** Bytes that are read back at once. */
const READ_BACK_BYTES = 2 * 1024 * 1024;

/** @internal What {@link startHash} hashes. */
export interface RunningHashOptions {
  /** The thread that has the hash. */
  readonly lease: WorkerLease;
  /** Tells the hashes of a thread apart. */
  readonly hashId: number;
  readonly path: string;
  readonly descriptor: number;
  readonly algorithms: readonly HashAlgorithm[];
  readonly expectedSizeBytes: number | null;
  readonly resolutionBase: string | undefined;
  /** What can be read back. */
  readonly written: ReadonlyByteRanges;
  readonly onFailure: (error: unknown) => void;
}

/** @internal The digests of a file that is being written, from its start on. */
export interface RunningHash {
  /** Bytes from the start that are hashed. */
  readonly doneBytes: number;
  /** Where the next bytes begin: those that are on their way to the hash included. */
  readonly nextBytes: number;
  /** Takes bytes that come next; their memory is free when it resolves. Never rejects. */
  take(pieces: readonly SharedBytes[], lengthBytes: number): Promise<void>;
  /** Reads back what was written before its turn. */
  catchUp(): void;
  /** Resolves when all that was written from the start on is hashed, or the hash has failed. */
  idle(): Promise<void>;
  digests(): Promise<Partial<Record<HashAlgorithm, string>>>;
  /** Stops, however much there is to read back. Never rejects. */
  cancel(): Promise<void>;
}

/** @internal Begins a hash in the thread of a lease. */
export function startHash(options: RunningHashOptions): RunningHash {
  const { lease, hashId, path, descriptor, algorithms, written, onFailure } = options;
  const input: HashInput = { hashId };
  const begin: HashBeginInput = {
    hashId,
    algorithms,
    sizeBytes: options.expectedSizeBytes ?? 0,
    resolutionBase: options.resolutionBase,
  };
  let doneBytes = 0;
  let nextBytes = 0;
  let isOver = false;
  /** The thread takes its calls in order: whatever was asked last is done last. */
  let last: Promise<void> = Promise.resolve();

  const run = (task: string, step: HashInput, lengthBytes: number): Promise<void> => {
    nextBytes += lengthBytes;
    const work = async (): Promise<void> => {
      try {
        await lease.run<void>(task, step);
        doneBytes += lengthBytes;
      } catch (error) {
        isOver = true;
        onFailure(error);
      }
    };
    last = work();
    return last;
  };
  void run('hashBegin', begin, 0);

  let isCatchingUp = false;
  /** One piece at a time, so that the thread has turns for others. */
  const readBack = async (): Promise<void> => {
    for (;;) {
      const startBytes = nextBytes;
      const endBytes = Math.min(written.contiguousEnd(startBytes), startBytes + READ_BACK_BYTES);
      if (isOver || endBytes === startBytes) return;
      const range: HashRangeInput = { hashId, path, descriptor, startBytes, endBytes };
      await run('hashRange', range, endBytes - startBytes);
    }
  };
  const catchUp = (): void => {
    if (isCatchingUp || written.contiguousEnd(nextBytes) === nextBytes) return;
    isCatchingUp = true;
    void readBack().finally(() => (isCatchingUp = false));
  };

  return {
    get doneBytes() {
      return doneBytes;
    },
    get nextBytes() {
      return nextBytes;
    },
    take: (pieces, lengthBytes) => {
      const bytes: HashBytesInput = { hashId, pieces };
      return run('hashBytes', bytes, lengthBytes);
    },
    catchUp,
    async idle() {
      for (;;) {
        await last;
        await readBack();
        if (isOver || written.contiguousEnd(doneBytes) === doneBytes) return;
      }
    },
    digests: () => lease.run('hashEnd', input),
    async cancel() {
      isOver = true;
      await last;
      // A hash that has failed holds nothing that anybody needs.
      await lease.run<void>('hashCancel', input).catch(() => {});
    },
  };
}
