import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIo, type CreateIoOptions } from '../create-io.ts';
import type { Io } from '../io.ts';
import { nodeFileSystem } from '../node/node-file-system.ts';
import { createDriveQueues, type DriveQueues } from './drive-queues.ts';

const MEBI = 1024 * 1024;
let folder: string;
let mountPoint: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-queue-'));
  await using io = createIo({ workers: 'in-thread' });
  ({ mountPoint } = await io.driveOf(folder));
});
afterAll(() => rm(folder, { recursive: true }));

/** On a drive that is said to be a hard disk: one place. */
function openOnDisk(options: CreateIoOptions = {}): { io: Io; queues: DriveQueues } {
  const queues = options.driveQueues ?? createDriveQueues();
  return { queues, io: createIo({ drives: [{ drive: mountPoint, kind: 'hdd' }], driveQueues: queues, ...options }) };
}

async function sparse(name: string, sizeBytes: number): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, '');
  await truncate(path, sizeBytes);
  return path;
}

describe.each(['worker', 'in-thread'] as const)('on a hard disk, with workers: %s', (workers) => {
  it('a long hash lets an urgent one go first, goes on where it was, and finds the same digest', async () => {
    const bytes = randomBytes(MEBI);
    const path = await sparse(`long-${workers}`, 0);
    await writeFile(path, Buffer.concat(Array.from({ length: 120 }, () => bytes)));
    const small = await sparse(`small-${workers}`, 10);
    const { io, queues } = openOnDisk({ workers });
    await using closing = io;
    const order: string[] = [];
    const begun = Promise.withResolvers<void>();
    const seen: number[] = [];
    const onProgress = (done: number): void => {
      seen.push(done);
      begun.resolve();
    };
    const long = closing
      .hashFile(path, { algorithms: ['sha256'], priority: 'background', onProgress })
      .finally(() => order.push('long'));
    await begun.promise;
    await io.hashFile(small, { algorithms: ['sha256'], priority: 'interactive' }).finally(() => order.push('urgent'));
    const { digests } = await long;
    expect(order).toEqual(['urgent', 'long']);
    const wanted = createHash('sha256');
    for (let time = 0; time < 120; time += 1) wanted.update(bytes);
    expect(digests.sha256).toBe(wanted.digest('hex'));
    expect(seen.every((done, index) => done === (index + 1) * 4 * MEBI)).toBe(true);
    expect(queues.snapshot()).toMatchObject([
      { places: 1, gaveWay: 1, running: 0, waiting: 0, bytes: 120 * MEBI + 10 },
    ]);
  });

  it('a long copy lets an urgent one go first, and is whole', async () => {
    const sizeBytes = 100 * MEBI;
    const source = await sparse(`copied-${workers}`, sizeBytes);
    const small = await sparse(`urgent-${workers}`, 10);
    const { io, queues } = openOnDisk({ workers });
    await using closing = io;
    for (const name of ['prefix', 'whole']) {
      const target = join(folder, `${name}-${workers}`);
      const copying =
        name === 'prefix'
          ? closing.copyPrefix({ source, target, sizeBytes, priority: 'background' })
          : closing.copyFile({ source, target, algorithms: ['sha256', 'blake3'], priority: 'background' });
      while (queues.snapshot()[0]?.running !== 1) await new Promise((resolve) => setImmediate(resolve));
      const urgent = io.hashFile(small, { algorithms: ['sha256'], priority: 'interactive' }).then(() => 'urgent');
      expect(await Promise.race([urgent, copying.then(() => 'copy')])).toBe('urgent');
      await copying;
      expect((await stat(target)).size).toBe(sizeBytes);
    }
    expect(queues.snapshot()).toMatchObject([{ gaveWay: 2, bytes: 2 * sizeBytes + 20 }]);
  });

  it('a download gets through beside a hash that goes on and on', async () => {
    const endless = await sparse(`endless-${workers}`, 64 * 1024 * MEBI);
    const { io } = openOnDisk({ workers });
    await using closing = io;
    const controller = new AbortController();
    const begun = Promise.withResolvers<void>();
    const hashing = closing.hashFile(endless, {
      algorithms: ['sha256'],
      priority: 'background',
      signal: controller.signal,
      onProgress: () => begun.resolve(),
    });
    const outcome = expect(hashing).rejects.toThrow('enough');
    await begun.promise;
    const bytes = randomBytes(3 * MEBI);
    const sink = await io.openSink({ path: join(folder, `sink-${workers}`), algorithms: ['sha256'] });
    await sink.write({ bytes: bytes.subarray(0, MEBI), positionBytes: 0 });
    expect(await sink.sync()).toEqual([{ startBytes: 0, endBytes: MEBI }]);
    // Behind a gap: read back for the hash, which takes places as well.
    await sink.write({ bytes: bytes.subarray(2 * MEBI), positionBytes: 2 * MEBI });
    await sink.sync();
    await sink.write({ bytes: bytes.subarray(MEBI, 2 * MEBI), positionBytes: MEBI });
    const { digests } = await sink.finish();
    expect(digests.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    controller.abort(new Error('enough'));
    await outcome;
  });
});

describe('two libraries on one hard disk', () => {
  it('share its one place', async () => {
    const { io: first, queues } = openOnDisk();
    const { io: second } = openOnDisk({ driveQueues: queues });
    await using closeFirst = first;
    await using closeSecond = second;
    const files = await Promise.all([1, 2, 3, 4].map((number) => sparse(`shared-${number}`, 8 * MEBI)));
    let most = 0;
    const watch = (): void => void (most = Math.max(most, queues.snapshot()[0]?.running ?? 0));
    await Promise.all(
      files.map((path, index) =>
        (index % 2 === 0 ? closeFirst : closeSecond).hashFile(path, { algorithms: ['sha256'], onProgress: watch }),
      ),
    );
    expect(most).toBe(1);
    expect(queues.snapshot()).toMatchObject([{ done: 4, bytes: 32 * MEBI }]);
  });
});

describe('who waits for a drive', () => {
  it('can give up', async () => {
    const { io, queues } = openOnDisk({ workers: 'in-thread' });
    await using closing = io;
    const queue = queues.of(await closing.driveOf(folder));
    const held = await queue.take({ priority: 'interactive', owner: {} });
    const reason = new Error('enough');
    const path = await sparse('given-up', 10);
    const target = join(folder, 'given-up-copy');
    const signal = AbortSignal.timeout(20);
    const calls = [
      io.hashFile(path, { algorithms: ['sha256'], signal }),
      io.copyFile({ source: path, target, algorithms: ['sha256'], signal }),
      io.copyPrefix({ source: path, target, sizeBytes: 5, signal }),
      io.writeWhole({ path: target, bytes: Buffer.from('x'), algorithms: [], signal }),
    ];
    expect(await Promise.allSettled(calls)).toEqual(calls.map(() => ({ status: 'rejected', reason: signal.reason })));
    const aborted = io.hashFile(path, { algorithms: ['sha256'], signal: AbortSignal.abort(reason) });
    await expect(aborted).rejects.toBe(reason);
    held.release();
    await expect(readFile(target)).rejects.toThrow('ENOENT');
  });

  it('is told when everything is closed', async () => {
    const { io, queues } = openOnDisk({ workers: 'in-thread' });
    const queue = queues.of(await io.driveOf(folder));
    const held = await queue.take({ priority: 'interactive', owner: {} });
    const path = await sparse('closed', 10);
    const hashing = io.hashFile(path, { algorithms: ['sha256'] });
    const outcome = expect(hashing).rejects.toMatchObject({ code: 'core.closed' });
    while (queue.snapshot().waiting === 0) await new Promise((resolve) => setImmediate(resolve));
    await io.close();
    await outcome;
    held.release();
  });
});

it('works where nothing can be looked at, and says what is wrong', async () => {
  const dead = { ...nodeFileSystem, stat: async () => Promise.reject(new Error('the drive does not answer')) };
  const queues = createDriveQueues();
  await using io = createIo({ workers: 'in-thread', fileSystem: dead, driveQueues: queues });
  const path = await sparse('unseen', 10);
  expect((await io.hashFile(path, { algorithms: ['sha256'] })).sizeBytes).toBe(10);
  expect(queues.snapshot()).toMatchObject([{ driveId: 'unreachable', done: 1 }]);
  await expect(io.driveOf(path)).rejects.toThrow('does not answer');
});

it('takes the number of places from whoever knows the drive', async () => {
  const { io, queues } = openOnDisk({ workers: 'in-thread', drives: [{ drive: mountPoint, places: 7 }] });
  await using closing = io;
  const path = await sparse('places', 10);
  await closing.hashFile(path, { algorithms: ['sha256'] });
  expect(queues.snapshot()).toMatchObject([{ places: 7 }]);
  expect(closing.driveQueues()).toBe(queues);
});
