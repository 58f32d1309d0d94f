import type { WorkerPool } from '@modelkeep/workers';
import { expect, it } from 'vitest';
import { createDriveQueue } from './create-drive-queue.ts';
import { createManualClock } from './manual-clock.test-helper.ts';
import { queuedPool } from './queued-pool.ts';

interface Scene {
  readonly pool: WorkerPool;
  readonly queue: ReturnType<typeof createDriveQueue>;
  /** Tasks in the order in which the threads got them. */
  readonly posted: string[];
  readonly settle: () => Promise<void>;
  readonly closing: AbortController;
}

function scene(): Scene {
  const clock = createManualClock();
  const queue = createDriveQueue({ driveId: 'x', places: 1, lingerMs: 0, clock });
  const posted: string[] = [];
  const run = async <Output>(task: string, input: unknown): Promise<Output> => {
    posted.push(task);
    await new Promise((resolve) => setImmediate(resolve));
    if (input === 'fails') throw new Error('the drive is gone');
    return task as Output;
  };
  const close = async (): Promise<void> => void posted.push('close');
  const inner: WorkerPool = {
    run,
    lease: () => ({ run, release: () => posted.push('release') }),
    close,
    [Symbol.asyncDispose]: close,
  };
  const closing = new AbortController();
  const request = { priority: 'download', owner: {} } as const;
  const pool = queuedPool(inner, { queue, request, signal: closing.signal });
  return { pool, queue, posted, settle: () => clock.advance(0), closing };
}

it('gives tasks to the threads at once while a place is free, and counts what they move', async () => {
  const { pool, queue, posted } = scene();
  const writing = pool.run('writeFile', { pieces: [{ lengthBytes: 3 }, { lengthBytes: 4 }] });
  expect(posted).toEqual(['writeFile']);
  expect(queue.snapshot().running).toBe(1);
  expect(await writing).toBe('writeFile');
  expect(queue.snapshot()).toMatchObject({ running: 0, done: 1, bytes: 7 });
  await pool.run('closeFile', {});
  expect(queue.snapshot().done).toBe(1);
  await pool.close();
  await pool[Symbol.asyncDispose]();
  expect(posted.slice(2)).toEqual(['close', 'close']);
});

it('waits for its turn, and gives the place back after a failure', async () => {
  const { pool, queue, posted, settle } = scene();
  const held = await queue.take({ priority: 'background', owner: {} });
  const writing = pool.run('writeFile', 'fails');
  const outcome = expect(writing).rejects.toThrow('the drive is gone');
  await settle();
  expect(posted).toEqual([]);
  held.release();
  await outcome;
  expect(queue.snapshot()).toMatchObject({ running: 0, waiting: 0 });
});

it('keeps the order of a hash whose bytes have to wait for the drive', async () => {
  const { pool, queue, posted, settle } = scene();
  const held = await queue.take({ priority: 'background', owner: {} });
  const lease = pool.lease();
  const results = Promise.all([
    lease.run('hashBegin', {}),
    lease.run('hashRange', { startBytes: 0, endBytes: 10 }),
    lease.run('hashBytes', {}),
    lease.run('hashRange', { startBytes: 20, endBytes: 25 }),
    lease.run('hashEnd', {}),
  ]);
  await settle();
  expect(posted).toEqual(['hashBegin']);
  held.release();
  expect(await results).toEqual(['hashBegin', 'hashRange', 'hashBytes', 'hashRange', 'hashEnd']);
  expect(posted).toEqual(['hashBegin', 'hashRange', 'hashBytes', 'hashRange', 'hashEnd']);
  await settle();
  expect(queue.snapshot()).toMatchObject({ bytes: 15, running: 0 });
  // Nothing waits any more: the next one is posted at once.
  const next = lease.run('hashRange', { startBytes: 0, endBytes: 1 });
  expect(posted.at(-1)).toBe('hashRange');
  expect(posted).toHaveLength(6);
  await next;
  lease.release();
  expect(posted.at(-1)).toBe('release');
});

it('ends its waits when everything is closed', async () => {
  const { pool, queue, closing, posted } = scene();
  const held = await queue.take({ priority: 'background', owner: {} });
  const waiting = [pool.run('syncFile', {}), pool.lease().run('hashRange', {})];
  const outcomes = Promise.allSettled(waiting);
  const reason = new Error('closed');
  closing.abort(reason);
  expect(await outcomes).toEqual([
    { status: 'rejected', reason },
    { status: 'rejected', reason },
  ]);
  expect(posted).toEqual([]);
  held.release();
});
