import type { TransferJob, Verification } from '@modelkeep/transfer';

/** @internal What the jobs of one download come to, file by file. */
export interface FileSums {
  /** Takes in a job that has ended. */
  add(job: TransferJob): Promise<void>;
  readonly bytesFetched: number;
  /** Bytes that were on disk before the first job. */
  readonly bytesResumed: number;
  /** What a file that came was compared with; undefined for one that did not come. */
  verifiedOf(name: string): Verification | undefined;
}

/** @internal */
export function createFileSums(): FileSums {
  const fetched = new Map<string, number>();
  const verified = new Map<string, Verification>();
  let bytesResumed = 0;
  return {
    async add({ transfers }) {
      for (const { file, progress, result } of transfers) {
        const before = fetched.get(file) ?? 0;
        fetched.set(file, before + progress.current.bytesFetched);
        if (progress.current.state !== 'done') continue;
        const part = await result;
        verified.set(file, part.verified);
        // What an earlier job of this download has fetched was not there before.
        bytesResumed += Math.max(0, part.resumedFromBytes - before);
      }
    },
    get bytesFetched() {
      return [...fetched.values()].reduce((sum, bytes) => sum + bytes, 0);
    },
    get bytesResumed() {
      return bytesResumed;
    },
    verifiedOf: (name) => verified.get(name),
  };
}
