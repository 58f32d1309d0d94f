import { fdatasync } from 'node:fs';
import { promisify } from 'node:util';
import type { WorkerPool } from '@modelkeep/workers';
import { translateSystemError } from '../errors/translate-system-error.ts';
import type { DescriptorInput } from '../worker/open-file-tasks.ts';

const syncDescriptor = promisify(fdatasync);

/** libuv has four threads: the others are for name look-ups and small calls, however slow the drives are. */
const MAX_SYNCS = 2;

/**
 * @internal The same pool, but open files are synced by libuv's threads, a few at a time: waiting for a drive takes no
 * processor time, and a thread of Node takes 11 MB.
 */
export function createSyncPool(pool: WorkerPool): WorkerPool {
  const waiting: (() => void)[] = [];
  let running = 0;

  const sync = async ({ path, descriptor }: DescriptorInput): Promise<void> => {
    if (running === MAX_SYNCS) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      await syncDescriptor(descriptor);
    } catch (error) {
      throw translateSystemError(error, { operation: 'fdatasync', path });
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };

  return {
    run: <Output>(...[task, input, options]: Parameters<WorkerPool['run']>): Promise<Output> =>
      task === 'syncFile'
        ? (sync(input as DescriptorInput) as Promise<Output>)
        : pool.run<Output>(task, input, options),
    lease: () => pool.lease(),
    close: () => pool.close(),
    [Symbol.asyncDispose]: () => pool.close(),
  };
}
