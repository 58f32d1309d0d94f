import { createHash, randomBytes } from 'node:crypto';
import { lstat, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createIo, type CreateIoOptions } from '../create-io.ts';
import type { Io } from '../io.ts';
import { nodeBulkFileSystem } from '../node/node-bulk-file-system.ts';
import type { BulkFileSystem } from '../ports/bulk-file-system.ts';

const MiB = 1024 * 1024;
const content = randomBytes(11 * MiB + 321);
const sha256 = createHash('sha256').update(content).digest('hex');
const gitSha1 = createHash('sha1').update(`blob ${content.byteLength}\0`).update(content).digest('hex');

let folder: string;
let count = 0;
const opened: Io[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-sink-'));
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

function newPath(): string {
  count += 1;
  return join(folder, String(count));
}

/** The machine's calls with some of them replaced. */
function bulk(replaced: Partial<BulkFileSystem>): CreateIoOptions {
  return { workers: 'in-thread', bulkFileSystem: { ...nodeBulkFileSystem, ...replaced } };
}

function fail(code: string): never {
  throw Object.assign(new Error(`it failed: ${code}`), { code });
}

describe.each(['worker', 'in-thread'] as const)('with workers: %s', (workers) => {
  it.each([1, 4_099, 65_536, MiB, 3 * MiB + 7])('writes and hashes chunks of %i bytes', async (chunkBytes) => {
    const wanted = chunkBytes === 1 ? content.subarray(0, 2_000) : content;
    const path = newPath();
    const sink = await open({ workers }).openSink({
      path,
      algorithms: ['sha256', 'blake3', 'git-sha1'],
      expectedSizeBytes: wanted.byteLength,
    });
    const reused = Buffer.alloc(chunkBytes);
    for (let at = 0; at < wanted.byteLength; at += chunkBytes) {
      const length = wanted.copy(reused, 0, at, at + chunkBytes);
      await sink.write(reused.subarray(0, length));
    }
    expect(sink.bytesAccepted).toBe(wanted.byteLength);
    const { sizeBytes, digests } = await sink.finish();
    expect(sizeBytes).toBe(wanted.byteLength);
    expect(digests.sha256).toBe(createHash('sha256').update(wanted).digest('hex'));
    if (wanted === content) expect(digests['git-sha1']).toBe(gitSha1);
    expect(Buffer.compare(await readFile(path), wanted)).toBe(0);
    expect(sink.inode).toBe(String((await lstat(path, { bigint: true })).ino));
  });

  it('tells what is durable while it goes on', async () => {
    const sink = await open({ workers }).openSink({ path: newPath(), algorithms: ['sha256'] });
    expect(await sink.sync()).toBe(0);
    await sink.write(content.subarray(0, 5_000));
    expect(await sink.sync()).toBe(5_000);
    const writing = sink.write(content.subarray(5_000));
    const synced = await sink.sync();
    await writing;
    expect(synced).toBeGreaterThanOrEqual(5_000);
    expect(await sink.sync()).toBe(content.byteLength);
    expect((await sink.finish()).digests.sha256).toBe(sha256);
  });

  it('continues a file, hashes what was there, and cuts what is too much', async () => {
    const path = newPath();
    await writeFile(path, Buffer.concat([content.subarray(0, 9 * MiB), Buffer.alloc(1_000)]));
    const sink = await open({ workers }).openSink({
      path,
      resumeAtBytes: 9 * MiB,
      inode: String((await lstat(path, { bigint: true })).ino),
      algorithms: ['sha256', 'git-sha1'],
      expectedSizeBytes: content.byteLength,
    });
    expect(sink.bytesAccepted).toBe(9 * MiB);
    await sink.write(content.subarray(9 * MiB));
    expect((await sink.finish()).digests).toEqual({ sha256, 'git-sha1': gitSha1 });
    expect(Buffer.compare(await readFile(path), content)).toBe(0);
  });

  it('closes a file as it is', async () => {
    const path = newPath();
    const sink = await open({ workers }).openSink({ path, algorithms: ['sha256'] });
    await sink.write(content.subarray(0, 2 * MiB));
    await sink.sync();
    await sink.abort();
    await sink.abort();
    expect((await lstat(path)).size).toBe(2 * MiB);
    await expect(sink.write(content)).rejects.toMatchObject({ code: 'core.closed' });
    await expect(sink.sync()).rejects.toMatchObject({ code: 'core.closed' });
    await expect(sink.finish()).rejects.toMatchObject({ code: 'core.closed' });
  });

  it('takes no existing file for a new one, and no other file for the one to continue', async () => {
    const path = newPath();
    await writeFile(path, 'mine');
    const io = open({ workers });
    await expect(io.openSink({ path, algorithms: [] })).rejects.toMatchObject({ code: 'io.exists' });
    const missing = io.openSink({ path: newPath(), resumeAtBytes: 1, algorithms: [] });
    await expect(missing).rejects.toMatchObject({ code: 'io.not-found' });
    const other = io.openSink({ path, resumeAtBytes: 1, inode: '1', algorithms: [] });
    await expect(other).rejects.toMatchObject({ code: 'io.failed', facts: { systemCode: 'ESTALE' } });
    const short = io.openSink({ path, resumeAtBytes: 5, algorithms: [] });
    await expect(short).rejects.toMatchObject({ code: 'io.failed', facts: { systemCode: 'ESTALE' } });
    expect(await readFile(path, 'utf8')).toBe('mine');
  });

  it('gives no git hash when another size was announced', async () => {
    const sink = await open({ workers }).openSink({
      path: newPath(),
      algorithms: ['sha256', 'git-sha1'],
      expectedSizeBytes: 7,
    });
    await sink.write(content);
    expect((await sink.finish()).digests).toEqual({ sha256 });
  });

  it('copies a prefix to a new file', async () => {
    const [source, target] = [newPath(), newPath()];
    await writeFile(source, content);
    const io = open({ workers });
    await io.copyPrefix({ source, target, sizeBytes: 9 * MiB + 1 });
    expect(Buffer.compare(await readFile(target), content.subarray(0, 9 * MiB + 1))).toBe(0);
    await expect(io.copyPrefix({ source, target, sizeBytes: 1 })).rejects.toMatchObject({ code: 'io.exists' });
    const tooLong = io.copyPrefix({ source, target: newPath(), sizeBytes: content.byteLength + 1 });
    await expect(tooLong).rejects.toMatchObject({ code: 'io.changed-while-read', facts: { path: source } });
    await expect(lstat(join(folder, String(count)))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('many sinks at once', () => {
  it('share the workers and keep their bytes apart', async () => {
    const io = open({ size: 2 });
    const files = Array.from({ length: 6 }, (_, index) => content.subarray(index * 1_000, 7 * MiB + index));
    const digests = await Promise.all(
      files.map(async (bytes) => {
        const sink = await io.openSink({ path: newPath(), algorithms: ['sha256'] });
        for (let at = 0; at < bytes.byteLength; at += 300_000) await sink.write(bytes.subarray(at, at + 300_000));
        return (await sink.finish()).digests.sha256;
      }),
    );
    expect(digests).toEqual(files.map((bytes) => createHash('sha256').update(bytes).digest('hex')));
  });
});

describe('what goes wrong', () => {
  it.each([
    ['ENOSPC', 'io.disk-full'],
    ['EDQUOT', 'io.disk-full'],
    ['EIO', 'io.failed'],
  ])('%s in a queued write comes with the next call, and nothing works after it but abort', async (code, expected) => {
    const path = newPath();
    const io = open(
      bulk({
        write: (descriptor, slice) =>
          slice.position >= MiB ? fail(code) : nodeBulkFileSystem.write(descriptor, slice),
      }),
    );
    const sink = await io.openSink({ path, algorithms: ['sha256'] });
    const writing = (async () => {
      for (let at = 0; at < content.byteLength; at += 65_536) await sink.write(content.subarray(at, at + 65_536));
    })();
    await expect(writing).rejects.toMatchObject({ code: expected, facts: { path } });
    await expect(sink.sync()).rejects.toMatchObject({ code: expected });
    await expect(sink.finish()).rejects.toMatchObject({ code: expected });
    await sink.abort();
    expect((await lstat(path)).size).toBe(MiB);
  });

  it('writes all of a chunk that the system takes in pieces', async () => {
    const path = newPath();
    const io = open(
      bulk({
        write: (descriptor, { bytes, position }) =>
          nodeBulkFileSystem.write(descriptor, { bytes: bytes.subarray(0, 100_003), position }),
        read: (descriptor, { bytes, position }) =>
          nodeBulkFileSystem.read(descriptor, { bytes: bytes.subarray(0, 99_991), position }),
      }),
    );
    const sink = await io.openSink({ path, algorithms: ['sha256'] });
    await sink.write(content);
    expect((await sink.finish()).digests.sha256).toBe(sha256);
    expect((await io.hashFile(path, { algorithms: ['sha256'] })).digests.sha256).toBe(sha256);
  });

  it('takes a write of no byte for a failure', async () => {
    const sink = await open(bulk({ write: () => 0 })).openSink({ path: newPath(), algorithms: [] });
    await sink.write(content.subarray(0, 10));
    await expect(sink.sync()).rejects.toMatchObject({ code: 'io.failed', facts: { systemCode: 'EIO' } });
    await sink.abort();
  });

  it('never tries a failed fdatasync again', async () => {
    let calls = 0;
    const io = open(
      bulk({
        fdatasync: () => {
          calls += 1;
          fail('EIO');
        },
      }),
    );
    const sink = await io.openSink({ path: newPath(), algorithms: [] });
    await sink.write(content.subarray(0, 10));
    await expect(sink.sync()).rejects.toMatchObject({ facts: { operation: 'fdatasync' } });
    await expect(sink.sync()).rejects.toMatchObject({ facts: { operation: 'fdatasync' } });
    await expect(sink.finish()).rejects.toMatchObject({ facts: { operation: 'fdatasync' } });
    expect(calls).toBe(1);
    await sink.abort();
  });

  it('finds a file that another program has cut', async () => {
    const path = newPath();
    const sink = await open({ workers: 'in-thread' }).openSink({ path, algorithms: ['sha256'] });
    await sink.write(content);
    await sink.sync();
    await truncate(path, 100);
    await expect(sink.finish()).rejects.toMatchObject({
      code: 'io.failed',
      facts: { systemCode: 'EIO', operation: 'check' },
    });
    await sink.abort();
  });

  it('finds a prefix that cannot be read back', async () => {
    const path = newPath();
    await writeFile(path, content);
    const io = open(bulk({ read: () => fail('EIO') }));
    const sink = await io.openSink({ path, resumeAtBytes: content.byteLength, algorithms: ['sha256'] });
    await expect(sink.finish()).rejects.toMatchObject({ code: 'io.failed', facts: { operation: 'read back' } });
    await sink.abort();
  });

  it('refuses a chunk before the last one was taken', async () => {
    const sink = await open().openSink({ path: newPath(), algorithms: [] });
    const first = sink.write(content);
    await expect(sink.write(content)).rejects.toMatchObject({ code: 'core.invalid-argument' });
    await first;
    await sink.abort();
  });

  it('stops between chunks with the reason of the signal, and can go on', async () => {
    const path = newPath();
    const io = open({ workers: 'in-thread' });
    const reason = new Error('enough');
    await expect(io.openSink({ path, algorithms: [], signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const sink = await io.openSink({ path, algorithms: ['sha256'] });
    await expect(sink.write(content, AbortSignal.abort(reason))).rejects.toBe(reason);
    await sink.write(content);
    expect((await sink.finish()).digests.sha256).toBe(sha256);
  });

  it('closes what is open when the io is closed', async () => {
    const closed: number[] = [];
    const io = open(
      bulk({
        close: (descriptor) => {
          closed.push(descriptor);
          nodeBulkFileSystem.close(descriptor);
        },
      }),
    );
    const sink = await io.openSink({ path: newPath(), algorithms: ['blake3'] });
    await sink.write(content.subarray(0, 10));
    await io.close();
    expect(closed).toHaveLength(1);
    await expect(sink.write(content)).rejects.toMatchObject({ code: 'core.closed' });
  });
});
