import type { WorkerTools } from './worker-tools.ts';

/** @internal Runs what fills a new file; when that fails, the file is removed. */
export async function removedOnFailure<T>({ bulk }: WorkerTools, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    try {
      bulk.unlink(path);
    } catch {
      // The failure above is what counts; a file that is gone already is as good.
    }
    throw error;
  }
}
