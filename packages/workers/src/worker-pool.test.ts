import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isModelkeepError, type ModelkeepError } from '@modelkeep/core';
import { afterEach, describe, expect, it } from 'vitest';
import { tasks } from './worker-pool.test-tasks.ts';
import { createWorkerPool, type WorkerPool, type WorkerPoolOptions } from './worker-pool.ts';

const pools: WorkerPool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

function open(options: Partial<WorkerPoolOptions> = {}): WorkerPool {
  const pool = createWorkerPool({
    name: 'test',
    entry: { code: undefined, url: () => new URL('./worker-pool.test-worker.ts', import.meta.url) },
    inThread: async () => tasks,
    ...options,
  });
  pools.push(pool);
  return pool;
}

describe.each(['worker', 'in-thread'] as const)('a pool in mode %s', (mode) => {
  it('runs synchronous and asynchronous tasks', async () => {
    const pool = open({ mode });
    expect(await pool.run('add', { a: 1, b: 2 })).toBe(3);
    expect(await pool.run('addLater', { a: 1, b: 2 })).toBe(3);
  });

  it('keeps the code, the facts and the hint of an error', async () => {
    const error = await open({ mode })
      .run('fail', { path: '/x' })
      .catch((reason: unknown) => reason);
    expect(isModelkeepError(error, 'io.not-found')).toBe(true);
    expect((error as ModelkeepError<'io.not-found'>).facts).toEqual({ path: '/x' });
    expect((error as ModelkeepError).hint).toBe('look elsewhere');
  });

  it('refuses a task that does not exist, and names that objects inherit', async () => {
    const pool = open({ mode });
    await expect(pool.run('nothing', {})).rejects.toMatchObject({ code: 'core.invalid-argument' });
    await expect(pool.run('toString', {})).rejects.toMatchObject({ code: 'core.invalid-argument' });
  });

  it('reports progress', async () => {
    const seen: unknown[] = [];
    await open({ mode }).run('count', { to: 3 }, { onProgress: (value) => seen.push(value) });
    expect(seen).toEqual([1, 2, 3]);
  });

  it('cancels the task and rejects with what onProgress throws', async () => {
    const pool = open({ mode });
    const seen: unknown[] = [];
    const broken = new Error('the listener is broken');
    const onProgress = (value: unknown): void => {
      seen.push(value);
      throw broken;
    };
    await expect(pool.run('wait', {}, { onProgress })).rejects.toBe(broken);
    await expect(pool.run('spin', {}, { onProgress })).rejects.toBe(broken);
    // A task that does not look at its cancellation ends as it likes; its caller learns of the failure all the same.
    await expect(pool.run('count', { to: 3 }, { onProgress })).rejects.toBe(broken);
    expect(seen).toEqual(['waiting', 'spinning', 1]);
    expect(await pool.run('add', { a: 1, b: 2 })).toBe(3);
  });

  it('rejects with the reason of the signal when the caller gives up', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const call = open({ mode }).run('wait', {}, { signal: abort.signal, onProgress: () => abort.abort(reason) });
    await expect(call).rejects.toBe(reason);
  });

  it('does not start a task whose signal is aborted already', async () => {
    const reason = new Error('before');
    await expect(open({ mode }).run('add', { a: 1, b: 1 }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('keeps the calls of a lease on one worker', async () => {
    const pool = open({ mode, size: 2 });
    const lease = pool.lease();
    await lease.run('remember', { key: 'lease', value: 7 });
    expect(await lease.run('recall', { key: 'lease' })).toBe(7);
    lease.release();
    await expect(lease.run('recall', { key: 'lease' })).rejects.toMatchObject({ code: 'core.closed' });
  });

  it('refuses work after it was closed', async () => {
    const pool = open({ mode });
    await pool.close();
    await expect(pool.run('add', { a: 1, b: 1 })).rejects.toMatchObject({ code: 'core.closed' });
  });
});

describe('threads', () => {
  it('cancels synchronous work through the shared flag', async () => {
    const abort = new AbortController();
    const reason = new Error('stop');
    const call = open().run('spin', {}, { signal: abort.signal, onProgress: () => abort.abort(reason) });
    await expect(call).rejects.toBe(reason);
  });

  it('uses as many workers as it may, and separate ones for separate leases', async () => {
    const pool = open({ size: 2 });
    const first = pool.lease();
    const second = pool.lease();
    expect(await first.run('threadId', {})).not.toBe(await second.run('threadId', {}));
  });

  it('names the dead worker and starts another for the next call', async () => {
    const pool = open();
    await expect(pool.run('exit', {})).rejects.toMatchObject({
      code: 'workers.died',
      facts: { pool: 'test', exitCode: 3 },
    });
    expect(await pool.run('add', { a: 2, b: 2 })).toBe(4);
  });

  it('fails the calls of a lease whose worker has died, then and later', async () => {
    const lease = open().lease();
    await expect(lease.run('exit', {})).rejects.toMatchObject({ code: 'workers.died' });
    await expect(lease.run('add', { a: 1, b: 1 })).rejects.toMatchObject({ code: 'workers.died' });
  });

  it('lets a task that runs go of what it holds when the pool is closed', async () => {
    const pool = open();
    const released = new SharedArrayBuffer(4);
    const { promise: holding, resolve } = Promise.withResolvers<unknown>();
    const call = pool.run('holdUntilCancelled', { released }, { onProgress: resolve });
    const failed = expect(call).rejects.toMatchObject({ code: 'workers.died' });
    await holding;
    await pool.close();
    await failed;
    expect(Atomics.load(new Int32Array(released), 0)).toBe(1);
  });

  it('says that a worker died when its own code threw', async () => {
    await expect(open().run('throwLater', {})).rejects.toMatchObject({
      code: 'workers.died',
      cause: { message: 'nobody caught this' },
    });
  });

  it('moves transferred buffers instead of copying them', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    expect(await open().run('sum', { bytes }, { transfer: [bytes.buffer] })).toBe(6);
    expect(bytes.byteLength).toBe(0);
  });

  it('fails a call whose input cannot be cloned', async () => {
    await expect(open().run('add', { a: () => 1 })).rejects.toThrow(/could not be cloned/);
  });

  it('starts from embedded code and from a url of the caller', async () => {
    const code = `const { parentPort } = require('node:worker_threads');
      parentPort.on('message', ({ callId }) => parentPort.postMessage({ kind: 'done', callId, value: 'embedded' }));`;
    expect(await open({ entry: { code, url: () => new URL('file:///nowhere') } }).run('any', {})).toBe('embedded');
    const folder = await mkdtemp(join(tmpdir(), 'modelkeep-workers-'));
    try {
      const file = join(folder, 'worker.cjs');
      await writeFile(file, code);
      expect(await open({ workerUrl: pathToFileURL(file) }).run('any', {})).toBe('embedded');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    ['came as a text', ['--input-type=module', '--eval']],
    ['came as a text, with flags of V8', ['--input-type=module', '--max-old-space-size=500', '--expose-gc', '--eval']],
  ])('starts beside a program that %s', async (_what, flags) => {
    const index = JSON.stringify(new URL('./index.ts', import.meta.url).href);
    const worker = JSON.stringify(new URL('./worker-pool.test-worker.ts', import.meta.url).href);
    const program = `import { createWorkerPool } from ${index};
      const pool = createWorkerPool({ name: 'x', entry: { url: () => new URL(${worker}) }, inThread: async () => ({}) });
      console.log(await pool.run('add', { a: 1, b: 2 }));`;
    const args = ['--conditions=modelkeep-source', ...flags, program];
    expect((await promisify(execFile)(process.execPath, args)).stdout).toBe('3\n');
  });

  it('starts beside a program with flags of V8', async () => {
    // The tests themselves run with one: see the configuration of the test runner.
    expect(process.execArgv).toContain('--wasm-wrapper-tiering-budget=1000000000');
    expect(await open().run('threadId', {})).not.toBe(0);
  });

  it('falls back to the calling thread, and says so, where no worker can be started', async () => {
    const warnings: string[] = [];
    const pool = open({
      entry: {
        code: undefined,
        url: () => {
          throw new Error('no file here');
        },
      },
      logger: { debug() {}, info() {}, warn: (message) => warnings.push(message), error() {} },
    });
    expect(await pool.run('add', { a: 1, b: 2 })).toBe(3);
    expect(warnings).toHaveLength(1);
  });
});
