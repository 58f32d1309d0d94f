import { createHash, randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { appendFileSync, constants, copyFileSync, renameSync, truncateSync, utimesSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createIo, type CreateIoOptions } from './create-io.ts';
import type { Io } from './io.ts';
import { nodeBulkFileSystem } from './node/node-bulk-file-system.ts';
import { nodeFileSystem } from './node/node-file-system.ts';
import type { BulkFileSystem } from './ports/bulk-file-system.ts';

let folder: string;
const opened: Io[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-io-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((io) => io.close()));
});
afterAll(() => rm(folder, { recursive: true }));

function open(options: CreateIoOptions = {}): Io {
  const io = createIo(options);
  opened.push(io);
  return io;
}

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

/** So large that nobody gets through it before a busy machine has told the worker to stop; it takes no room on the disk. */
async function sparseFile(name: string): Promise<string> {
  const path = await file(name, new Uint8Array());
  await truncate(path, 4 * 1024 ** 3);
  return path;
}

const big = randomBytes(9 * 1024 * 1024 + 17);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const gitSha1 = (bytes: Uint8Array): string =>
  createHash('sha1').update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex');

describe.each(['worker', 'in-thread'] as const)('with workers: %s', (workers) => {
  it('computes several digests in one read and reports how far it is', async () => {
    const path = await file(`big-${workers}`, big);
    const seen: number[] = [];
    const hashed = await open({ workers }).hashFile(path, {
      algorithms: ['sha256', 'git-sha1', 'sha256'],
      onProgress: (bytes) => seen.push(bytes),
    });
    expect(hashed).toEqual({
      sizeBytes: big.byteLength,
      mtimeMs: (await nodeFileSystem.stat(path)).mtimeMs,
      digests: { sha256: sha256(big), 'git-sha1': gitSha1(big) },
    });
    expect(seen).toEqual([4 * 1024 * 1024, 8 * 1024 * 1024]);
  });

  it.each([0, 1, 4 * 1024 * 1024, 4 * 1024 * 1024 + 1])('hashes a file of %i bytes', async (sizeBytes) => {
    const bytes = big.subarray(0, sizeBytes);
    const path = await file(`size-${workers}-${sizeBytes}`, bytes);
    const { digests } = await open({ workers }).hashFile(path, { algorithms: ['sha256'] });
    expect(digests.sha256).toBe(sha256(bytes));
  });

  it('gives the same BLAKE3 natively and in WebAssembly', async () => {
    const path = await file(`blake3-${workers}`, big);
    const native = open({ workers });
    const wasm = open({ workers, blake3: 'wasm' });
    expect([native.blake3Kind(), wasm.blake3Kind()]).toEqual(['native', 'wasm']);
    const digests = await Promise.all([native, wasm].map((io) => io.hashFile(path, { algorithms: ['blake3'] })));
    expect(digests[0]?.digests.blake3).toMatch(/^[0-9a-f]{64}$/);
    expect(digests[0]?.digests.blake3).toBe(digests[1]?.digests.blake3);
  });

  it('stops with the reason of the signal', async () => {
    const path = await sparseFile(`stop-${workers}`);
    const abort = new AbortController();
    const reason = new Error('enough');
    const call = open({ workers }).hashFile(path, {
      algorithms: ['sha256'],
      signal: abort.signal,
      onProgress: () => abort.abort(reason),
    });
    await expect(call).rejects.toBe(reason);
  });

  it('copies to a new file and hashes in the same read', async () => {
    const source = await file(`copy-source-${workers}`, big);
    await utimes(source, 1_000, 2_000);
    const target = join(folder, `copy-target-${workers}`);
    const copied = await open({ workers }).copyFile({ source, target, algorithms: ['sha256'], mode: 0o444 });
    expect(copied.digests.sha256).toBe(sha256(big));
    expect(copied.mtimeMs).toBe(2_000_000);
    expect(Buffer.compare(await readFile(target), big)).toBe(0);
    expect((await stat(target)).mode & 0o777).toBe(0o444);
  });

  it('copies over nothing', async () => {
    const source = await file(`over-source-${workers}`, big);
    const target = await file(`over-target-${workers}`, Buffer.from('mine'));
    const call = open({ workers }).copyFile({ source, target, algorithms: [] });
    await expect(call).rejects.toMatchObject({ code: 'io.exists', facts: { path: target } });
    expect(await readFile(target, 'utf8')).toBe('mine');
  });

  it('leaves no target when it is stopped', async () => {
    const source = await sparseFile(`half-source-${workers}`);
    const target = join(folder, `half-target-${workers}`);
    const abort = new AbortController();
    const call = open({ workers }).copyFile({
      source,
      target,
      algorithms: ['sha256'],
      signal: abort.signal,
      onProgress: () => abort.abort(new Error('enough')),
    });
    await expect(call).rejects.toThrow('enough');
    expect(await readdir(folder)).not.toContain(`half-target-${workers}`);
  });

  it('names a missing file', async () => {
    const path = join(folder, 'missing');
    const io = open({ workers });
    await expect(io.hashFile(path, { algorithms: ['sha256'] })).rejects.toMatchObject({
      code: 'io.not-found',
      facts: { path },
    });
    await expect(io.copyFile({ source: path, target: `${path}-2`, algorithms: [] })).rejects.toMatchObject({
      code: 'io.not-found',
      facts: { path },
    });
  });
});

describe('a file that is written while it is read', () => {
  /** The calls of the machine, with something that happens before the second read. */
  function disturbed(disturb: () => void): BulkFileSystem {
    let reads = 0;
    return {
      ...nodeBulkFileSystem,
      read: (descriptor, slice) => {
        reads += 1;
        if (reads === 2) disturb();
        return nodeBulkFileSystem.read(descriptor, slice);
      },
    };
  }

  it.each([
    ['grows', (path: string) => appendFileSync(path, 'more')],
    ['shrinks', (path: string) => truncateSync(path, 4 * 1024 * 1024 + 5)],
    ['is touched', (path: string) => utimesSync(path, 1, 1)],
  ])('is refused when it %s, and a copy of it is removed', async (how, change) => {
    const path = await file(`changing ${how}`, big);
    const bulkFileSystem = disturbed(() => change(path));
    const hash = open({ workers: 'in-thread', bulkFileSystem }).hashFile(path, { algorithms: ['sha256'] });
    await expect(hash).rejects.toMatchObject({ code: 'io.changed-while-read', facts: { path } });

    await writeFile(path, big);
    const target = join(folder, `copy of ${how}`);
    const again = disturbed(() => change(path));
    const copy = open({ workers: 'in-thread', bulkFileSystem: again }).copyFile({
      source: path,
      target,
      algorithms: [],
    });
    await expect(copy).rejects.toMatchObject({ code: 'io.changed-while-read', facts: { path } });
    expect(await readdir(folder)).not.toContain(`copy of ${how}`);
  });

  it('is read to its end through the old name when another file takes the name', async () => {
    const path = await file('replaced', big);
    const other = await file('other', Buffer.from('other'));
    const bulkFileSystem = disturbed(() => renameSync(other, path));
    const { digests } = await open({ workers: 'in-thread', bulkFileSystem }).hashFile(path, { algorithms: ['sha256'] });
    expect(digests.sha256).toBe(sha256(big));
  });
});

describe('a drive that clones', () => {
  /** A copy stands in for the clone. */
  const cloning: BulkFileSystem = {
    ...nodeBulkFileSystem,
    reflink: (existing, path) => copyFileSync(existing, path, constants.COPYFILE_EXCL),
  };

  it('hashes the clone, which cannot change any more, and makes it durable', async () => {
    const source = await file('clone source', big);
    await utimes(source, 1_000, 2_000);
    const target = join(folder, 'clone target');
    const synced: number[] = [];
    const bulkFileSystem = { ...cloning, fsync: (descriptor: number) => void synced.push(descriptor) };
    const io = open({ workers: 'in-thread', bulkFileSystem });
    const copied = await io.copyFile({ source, target, algorithms: ['sha256'], mode: 0o444 });
    expect(copied).toEqual({
      sizeBytes: big.byteLength,
      mtimeMs: 2_000_000,
      digests: { sha256: sha256(big) },
      method: 'reflink',
    });
    expect((await stat(target)).mode & 0o777).toBe(0o444);
    expect(synced).toHaveLength(1);
  });

  it('leaves no clone that could not be synced', async () => {
    const source = await file('unsynced source', big);
    const target = join(folder, 'unsynced target');
    const bulkFileSystem = {
      ...cloning,
      fsync: () => {
        throw Object.assign(new Error('EIO'), { code: 'EIO' });
      },
    };
    const call = open({ workers: 'in-thread', bulkFileSystem }).copyFile({ source, target, algorithms: [] });
    await expect(call).rejects.toMatchObject({ code: 'io.failed', facts: { path: target, operation: 'fsync' } });
    expect(await readdir(folder)).not.toContain('unsynced target');
  });
});

it('tells the free space of a path that is still to be made', async () => {
  expect(await open().freeBytes(join(folder, 'not', 'here'))).toBeGreaterThan(0);
});

it('refuses a bulk file system that it cannot hand to threads', () => {
  expect(() => createIo({ bulkFileSystem: nodeBulkFileSystem })).toThrow(/worker threads/);
});

it('leaves the threads of libuv to look-ups and small calls, whatever is read meanwhile', async () => {
  const path = await file('endless', new Uint8Array(1));
  await truncate(path, 2 ** 40);
  const stop = new AbortController();
  const io = open();
  // More than libuv has threads, and none of them comes to an end by itself.
  const reads = Array.from({ length: 8 }, async () => {
    const started = Promise.withResolvers<void>();
    const onProgress = (): void => started.resolve();
    const reading = io.hashFile(path, { algorithms: ['sha256'], signal: stop.signal, onProgress });
    reading.catch(() => started.resolve());
    return { reading, started: started.promise };
  });
  const running = await Promise.all(reads);
  await running[0]?.started;
  expect((await lookup('localhost')).address).toBeTruthy();
  expect((await stat(path)).size).toBe(2 ** 40);
  stop.abort(new Error('enough'));
  for (const { reading } of running) await expect(reading).rejects.toThrow('enough');
});
