import { once } from 'node:events';
import { expect, it } from 'vitest';
import { startWorker } from './start-worker.ts';
import { createThreadHost } from './worker-host.ts';

it('gives a thread up whose answer cannot be read: its calls fail, its tasks stop, it ends', async () => {
  const entry = { code: undefined, url: () => new URL('./worker-pool.test-worker.ts', import.meta.url) };
  const worker = startWorker('test', entry);
  const host = createThreadHost('test', worker);
  const ended = once(worker, 'exit');
  const unreadable = new Error('cannot be deserialised');
  const { promise: running, resolve: onProgress } = Promise.withResolvers<unknown>();
  const calls = [host.call('spin', {}, { onProgress }), host.call('wait', {}, {})];
  const outcomes = Promise.allSettled(calls);
  await running;
  worker.emit('messageerror', unreadable);
  const reason = { code: 'workers.died', facts: { pool: 'test', exitCode: 1 }, cause: unreadable };
  expect(await outcomes).toMatchObject([
    { status: 'rejected', reason },
    { status: 'rejected', reason },
  ]);
  expect(host).toMatchObject({ dead: true, load: 0 });
  await expect(host.call('add', { a: 1, b: 1 }, {})).rejects.toMatchObject({ code: 'workers.died' });
  await host.close();
  expect(await ended).toEqual([0]);
});
