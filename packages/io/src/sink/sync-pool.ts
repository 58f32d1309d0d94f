import { fdatasync } from 'node:fs';
import { promisify } from 'node:util';
import type { WorkerPool } from '@modelkeep/workers';
import { translateSystemError } from '../errors/translate-system-error.ts';
import type { DescriptorInput } from '../worker/open-file-tasks.ts';
import { processSyncTurns } from './process-sync-turns.ts';

const syncDescriptor = promisify(fdatasync);

/**
 * @internal The same pool, but open files are synced by libuv's threads, a few at a time: waiting for a drive takes no
 * processor time, and a thread of Node takes 11 MB.
 */
export function createSyncPool(pool: WorkerPool): WorkerPool {
  const sync = async ({ path, descriptor }: DescriptorInput): Promise<void> => {
    try {
      await processSyncTurns().run(() => syncDescriptor(descriptor));
    } catch (error) {
      throw translateSystemError(error, { operation: 'fdatasync', path });
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
