import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, constants, copyFileSync, readlinkSync, truncateSync, utimesSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createIo, type CreateIoOptions } from '../create-io.ts';
import type { HashAlgorithm } from '../hashing/hasher.ts';
import type { Io } from '../io.ts';
import { nodeBulkFileSystem } from '../node/node-bulk-file-system.ts';
import type { BulkFileSystem } from '../ports/bulk-file-system.ts';

const MIB = 1024 * 1024;
/** Large enough for several threads, and no whole number of chunks. */
const big = randomBytes(20 * MIB + 17);
const sha256 = createHash('sha256').update(big).digest('hex');
const both: readonly HashAlgorithm[] = ['sha256', 'blake3'];
const everything = ['sha256', 'blake3', 'git-sha1', 'crc32', 'autov1', 'autov2', 'autov3', 'tensor'] as const;

let folder: string;
let source: string;
let names = 0;
const opened: Io[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-large-'));
  source = join(folder, 'source');
  await writeFile(source, big);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((io) => io.close()));
});
afterAll(() => rm(folder, { recursive: true }));

const newPath = (): string => join(folder, `file-${(names += 1)}`);
function open(options: CreateIoOptions = {}): Io {
  const io = createIo(options);
  opened.push(io);
  return io;
}

/** The calls of the machine, with the descriptors that are open, and something in place of some calls. */
function watched(instead: Partial<BulkFileSystem> = {}): { bulk: BulkFileSystem; stillOpen: Set<number> } {
  const stillOpen = new Set<number>();
  const calls: BulkFileSystem = { ...nodeBulkFileSystem, ...instead };
  const bulk: BulkFileSystem = {
    ...calls,
    open(path, options) {
      const descriptor = calls.open(path, options);
      stillOpen.add(descriptor);
      return descriptor;
    },
    close(descriptor) {
      if (!stillOpen.delete(descriptor)) throw new Error(`${descriptor} is closed a second time`);
      calls.close(descriptor);
    },
  };
  return { bulk, stillOpen };
}

function failing(code: string, from = 1): () => never | undefined {
  let calls = 0;
  return () => {
    calls += 1;
    if (calls >= from) throw Object.assign(new Error(code), { code });
    return undefined;
  };
}

const isWrite =
  (fail: () => void): BulkFileSystem['write'] =>
  (descriptor, slice) => {
    fail();
    return nodeBulkFileSystem.write(descriptor, slice);
  };
const isRead =
  (fail: () => void): BulkFileSystem['read'] =>
  (descriptor, slice) => {
    fail();
    return nodeBulkFileSystem.read(descriptor, slice);
  };

/** Descriptors of this process that lead to a path. */
async function descriptorsTo(path: string): Promise<number> {
  const links = (await readdir('/proc/self/fd')).map((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      // The one that the listing itself had.
      return '';
    }
  });
  return links.filter((link) => link.startsWith(path)).length;
}

describe.each(['worker', 'in-thread'] as const)('a large file, with workers: %s', (workers) => {
  it.each(['native', 'wasm'] as const)('has the digests that one thread computes, with BLAKE3 %s', async (blake3) => {
    const io = open({ workers, blake3 });
    const alone = open({ workers: 'in-thread', size: 1 });
    const expected = await alone.hashFile(source, { algorithms: everything });
    expect(expected.digests.sha256).toBe(sha256);
    expect(await io.hashFile(source, { algorithms: everything })).toEqual(expected);
    const target = newPath();
    const copied = await io.copyFile({ source, target, algorithms: everything, mode: 0o444 });
    expect(copied).toEqual({ ...expected, method: copied.method });
    expect(Buffer.compare(await readFile(target), big)).toBe(0);
    expect((await stat(target)).mode & 0o777).toBe(0o444);
  });

  it('is copied while another one is, and while others are hashed', async () => {
    const io = open({ workers });
    const targets = [newPath(), newPath(), newPath()];
    const copies = targets.map((target) => io.copyFile({ source, target, algorithms: both }));
    const hashes = [1, 2].map(() => io.hashFile(source, { algorithms: both }));
    for (const { digests } of await Promise.all([...copies, ...hashes])) expect(digests.sha256).toBe(sha256);
    for (const target of targets) expect(Buffer.compare(await readFile(target), big)).toBe(0);
  });

  it('stops with the reason of the signal, and leaves no copy', async () => {
    const sparse = newPath();
    await writeFile(sparse, '');
    await truncate(sparse, 1024 * MIB);
    const reason = new Error('enough');
    const target = newPath();
    const io = open({ workers });
    for (const run of [
      (abort: AbortController) =>
        io.copyFile({
          source: sparse,
          target,
          algorithms: both,
          signal: abort.signal,
          onProgress: () => abort.abort(reason),
        }),
      (abort: AbortController) =>
        io.hashFile(sparse, { algorithms: both, signal: abort.signal, onProgress: () => abort.abort(reason) }),
      () =>
        io.copyFile({
          source: sparse,
          target,
          algorithms: both,
          onProgress() {
            throw reason;
          },
        }),
    ]) {
      await expect(run(new AbortController())).rejects.toBe(reason);
      await expect(stat(target)).rejects.toMatchObject({ code: 'ENOENT' });
    }
    // The threads and their memory are there for the next one.
    expect((await io.hashFile(source, { algorithms: both })).digests.sha256).toBe(sha256);
  });

  it('over something that is there is refused', async () => {
    const target = newPath();
    await writeFile(target, 'mine');
    const call = open({ workers }).copyFile({ source, target, algorithms: both });
    await expect(call).rejects.toMatchObject({ code: 'io.exists', facts: { path: target } });
    expect(await readFile(target, 'utf8')).toBe('mine');
  });
});

describe('what goes wrong with a large file', () => {
  it.each<[string, () => Partial<BulkFileSystem>, object]>([
    ['the first write', () => ({ write: isWrite(failing('ENOSPC')) }), { code: 'io.disk-full' }],
    ['a later write', () => ({ write: isWrite(failing('ENOSPC', 12)) }), { code: 'io.disk-full' }],
    ['a write that takes nothing', () => ({ write: () => 0 }), { code: 'io.failed' }],
    ['a read', () => ({ read: isRead(failing('EIO', 9)) }), { code: 'io.failed', facts: { systemCode: 'EIO' } }],
    ['the fsync', () => ({ fsync: failing('EIO') }), { code: 'io.failed', facts: { operation: 'fsync' } }],
    ['the mode', () => ({ chmod: failing('EPERM') }), { code: 'io.permission' }],
    [
      'lost bytes',
      () => ({
        write: (descriptor, { bytes, position }) => {
          if (position < 20 * MIB) return nodeBulkFileSystem.write(descriptor, { bytes, position });
          return bytes.byteLength;
        },
      }),
      { code: 'io.failed', facts: { operation: 'write' } },
    ],
  ])('%s: no copy and no descriptor is left', async (_name, instead, expected) => {
    const { bulk, stillOpen } = watched(instead());
    const target = newPath();
    const call = open({ workers: 'in-thread', bulkFileSystem: bulk }).copyFile({ source, target, algorithms: both });
    await expect(call).rejects.toMatchObject(expected);
    await expect(stat(target)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(stillOpen.size).toBe(0);
  });

  it('a sync before the end: it is not tried again', async () => {
    const sparse = newPath();
    await writeFile(sparse, '');
    await truncate(sparse, 200 * MIB);
    const target = newPath();
    let fsyncs = 0;
    const { bulk, stillOpen } = watched({ fdatasync: failing('EIO'), fsync: () => void (fsyncs += 1) });
    const io = open({ workers: 'in-thread', bulkFileSystem: bulk });
    const call = io.copyFile({ source: sparse, target, algorithms: both });
    await expect(call).rejects.toMatchObject({ code: 'io.failed', facts: { path: target, operation: 'fdatasync' } });
    await expect(stat(target)).rejects.toMatchObject({ code: 'ENOENT' });
    expect([stillOpen.size, fsyncs]).toEqual([0, 0]);
  });

  it.each([
    ['grows', (path: string) => appendFileSync(path, 'more')],
    ['shrinks', (path: string) => truncateSync(path, 9 * MIB)],
    ['is touched', (path: string) => utimesSync(path, 1, 1)],
  ])('it %s while it is read', async (_how, change) => {
    for (const copy of [true, false]) {
      const path = newPath();
      await writeFile(path, big);
      let reads = 0;
      const { bulk, stillOpen } = watched({
        read: (descriptor, slice) => {
          reads += 1;
          if (reads === 7) change(path);
          return nodeBulkFileSystem.read(descriptor, slice);
        },
      });
      const io = open({ workers: 'in-thread', bulkFileSystem: bulk });
      const target = newPath();
      const call = copy
        ? io.copyFile({ source: path, target, algorithms: both })
        : io.hashFile(path, { algorithms: both });
      await expect(call).rejects.toMatchObject({ code: 'io.changed-while-read', facts: { path } });
      await expect(stat(target)).rejects.toMatchObject({ code: 'ENOENT' });
      expect(stillOpen.size).toBe(0);
    }
  });

  it.each(['feedRing', 'drainRing', 'finishCopy'])('a thread ends in %s', async (task) => {
    const workerUrl = new URL('dying.test-worker.ts', import.meta.url);
    process.env['MODELKEEP_TEST_DIES_IN'] = task;
    const target = newPath();
    const call = open({ workerUrl }).copyFile({ source, target, algorithms: both });
    await expect(call).rejects.toMatchObject({ code: 'workers.died' });
    await expect(stat(target)).rejects.toMatchObject({ code: 'ENOENT' });
    if (process.platform === 'linux') expect(await descriptorsTo(target)).toBe(0);
  });

  it('everything is closed meanwhile', async () => {
    const sparse = newPath();
    await writeFile(sparse, '');
    await truncate(sparse, 1024 * MIB);
    const target = newPath();
    const io = open();
    const call = io.copyFile({ source: sparse, target, algorithms: both, onProgress: () => void io.close() });
    await expect(call).rejects.toMatchObject({ code: 'workers.died' });
    await expect(stat(target)).rejects.toMatchObject({ code: 'ENOENT' });
    if (process.platform === 'linux') expect(await descriptorsTo(target)).toBe(0);
  });
});

describe('a drive that clones', () => {
  it('gives a clone, which is what is hashed and synced', async () => {
    const target = newPath();
    const synced: number[] = [];
    const { bulk, stillOpen } = watched({
      reflink: (existing, path) => copyFileSync(existing, path, constants.COPYFILE_EXCL),
      fsync: (descriptor) => void synced.push(descriptor),
      write: isWrite(failing('EIO')),
    });
    const io = open({ workers: 'in-thread', bulkFileSystem: bulk });
    const copied = await io.copyFile({ source, target, algorithms: both, mode: 0o444 });
    expect(copied).toMatchObject({ method: 'reflink', sizeBytes: big.byteLength, digests: { sha256 } });
    expect((await stat(target)).mode & 0o777).toBe(0o444);
    expect([synced.length, stillOpen.size]).toEqual([1, 0]);
  });

  it('and one that cannot be opened again is removed', async () => {
    const target = newPath();
    const { bulk, stillOpen } = watched({
      reflink: (existing, path) => copyFileSync(existing, path, constants.COPYFILE_EXCL),
      open(path, options) {
        if (path === target) failing('EMFILE')();
        return nodeBulkFileSystem.open(path, options);
      },
    });
    const call = open({ workers: 'in-thread', bulkFileSystem: bulk }).copyFile({ source, target, algorithms: both });
    await expect(call).rejects.toMatchObject({ code: 'core.too-many-files', facts: { systemCode: 'EMFILE' } });
    await expect(stat(target)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(stillOpen.size).toBe(0);
  });
});
