import { createHash, randomBytes } from 'node:crypto';
import { lstat, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createIo, type CreateIoOptions } from '../create-io.ts';
import type { Io } from '../io.ts';
import { nodeBulkFileSystem } from '../node/node-bulk-file-system.ts';
import type { BulkFileSystem } from '../ports/bulk-file-system.ts';
import type { FileSink } from './file-sink.ts';

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

/** Writes behind the last byte. */
function append(sink: FileSink, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
  return sink.write({ bytes, positionBytes: sink.bytesAccepted }, signal);
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
      await append(sink, reused.subarray(0, length));
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
    expect(await sink.sync()).toEqual([]);
    await append(sink, content.subarray(0, 5_000));
    expect(await sink.sync()).toEqual([{ startBytes: 0, endBytes: 5_000 }]);
    const writing = append(sink, content.subarray(5_000));
    const synced = await sink.sync();
    await writing;
    expect(synced[0]?.endBytes).toBeGreaterThanOrEqual(5_000);
    expect(await sink.sync()).toEqual([{ startBytes: 0, endBytes: content.byteLength }]);
    expect((await sink.finish()).digests.sha256).toBe(sha256);
  });

  it('continues a file, hashes what was there, and cuts what is too much', async () => {
    const path = newPath();
    await writeFile(path, Buffer.concat([content.subarray(0, 9 * MiB), Buffer.alloc(1_000)]));
    const sink = await open({ workers }).openSink({
      path,
      resume: [{ startBytes: 0, endBytes: 9 * MiB }],
      inode: String((await lstat(path, { bigint: true })).ino),
      algorithms: ['sha256', 'git-sha1'],
      expectedSizeBytes: content.byteLength,
    });
    expect(sink.bytesAccepted).toBe(9 * MiB);
    await append(sink, content.subarray(9 * MiB));
    expect((await sink.finish()).digests).toEqual({ sha256, 'git-sha1': gitSha1 });
    expect(Buffer.compare(await readFile(path), content)).toBe(0);
  });

  it('loses no byte where one writer ends while another one waits to begin there', async () => {
    const batch = 512 * 1024;
    const meeting = 20 * batch;
    const io = open({ workers });
    for (let round = 0; round < 8; round += 1) {
      const sink = await io.openSink({ path: newPath(), algorithms: ['sha256'] });
      const write = (from: number, to: number): Promise<void> =>
        sink.write({ bytes: content.subarray(from, to), positionBytes: from });
      await write(meeting - 200, meeting - 100);
      // So many that the next one has to wait for the threads.
      for (let at = 0; at < 14; at += 1) await write(at * batch, (at + 1) * batch);
      const waiting = write(meeting, meeting + 1_000);
      await write(meeting - 100, meeting);
      await waiting;
      await write(14 * batch, meeting - 200);
      const { digests } = await sink.finish();
      expect(digests.sha256).toBe(
        createHash('sha256')
          .update(content.subarray(0, meeting + 1_000))
          .digest('hex'),
      );
    }
  });

  it('uses large chunks in shared memory where they are, until they are released', async () => {
    const path = newPath();
    const sink = await open({ workers }).openSink({ path, algorithms: ['sha256', 'blake3'] });
    const released: number[] = [];
    let expectedReleases = 0;
    for (let at = 0; at < content.byteLength;) {
      const length = [128 * 1024, 10_000, 64 * 1024, 40_000][expectedReleases % 4] ?? 0;
      const part = content.subarray(at, at + length);
      const bytes = new Uint8Array(new SharedArrayBuffer(part.byteLength));
      bytes.set(part);
      const start = at;
      await sink.write({
        bytes,
        positionBytes: at,
        release() {
          released.push(start);
          // Whoever gets the memory back fills it with something else.
          bytes.fill(0);
        },
      });
      if (part.byteLength >= 64 * 1024 && at < 128 * 1024) expect(released).not.toContain(start);
      expectedReleases += 1;
      at += part.byteLength;
    }
    const { digests } = await sink.finish();
    expect(digests.sha256).toBe(sha256);
    expect(Buffer.compare(await readFile(path), content)).toBe(0);
    expect(new Set(released).size).toBe(expectedReleases);
    expect(released).toHaveLength(expectedReleases);
  });

  it('reads back no more than it has to when it is closed early', async () => {
    const path = newPath();
    await writeFile(path, content);
    let reads = 0;
    const io = open(bulk({ read: (descriptor, slice) => ((reads += 1), nodeBulkFileSystem.read(descriptor, slice)) }));
    const resume = [{ startBytes: 0, endBytes: content.byteLength }];
    const sink = await io.openSink({ path, resume, algorithms: ['sha256'] });
    await sink.abort();
    expect(reads).toBeLessThan(3);
  });

  it('closes a file as it is', async () => {
    const path = newPath();
    const sink = await open({ workers }).openSink({ path, algorithms: ['sha256'] });
    await append(sink, content.subarray(0, 2 * MiB));
    await sink.sync();
    await sink.abort();
    await sink.abort();
    expect((await lstat(path)).size).toBe(2 * MiB);
    await expect(append(sink, content)).rejects.toMatchObject({ code: 'core.closed' });
    await expect(sink.sync()).rejects.toMatchObject({ code: 'core.closed' });
    await expect(sink.finish()).rejects.toMatchObject({ code: 'core.closed' });
  });

  it('takes no existing file for a new one, and no other file for the one to continue', async () => {
    const path = newPath();
    await writeFile(path, 'mine');
    const io = open({ workers });
    await expect(io.openSink({ path, algorithms: [] })).rejects.toMatchObject({ code: 'io.exists' });
    const missing = io.openSink({ path: newPath(), resume: [{ startBytes: 0, endBytes: 1 }], algorithms: [] });
    await expect(missing).rejects.toMatchObject({ code: 'io.not-found' });
    const other = io.openSink({ path, resume: [{ startBytes: 0, endBytes: 1 }], inode: '1', algorithms: [] });
    await expect(other).rejects.toMatchObject({ code: 'io.failed', facts: { systemCode: 'ESTALE' } });
    const short = io.openSink({ path, resume: [{ startBytes: 0, endBytes: 5 }], algorithms: [] });
    await expect(short).rejects.toMatchObject({ code: 'io.failed', facts: { systemCode: 'ESTALE' } });
    expect(await readFile(path, 'utf8')).toBe('mine');
  });

  it('gives no git hash when another size was announced', async () => {
    const sink = await open({ workers }).openSink({
      path: newPath(),
      algorithms: ['sha256', 'git-sha1'],
      expectedSizeBytes: 7,
    });
    await append(sink, content);
    expect((await sink.finish()).digests).toEqual({ sha256 });
  });

  it('is written at several places at once, hashed from its start, and continued with gaps', async () => {
    const path = newPath();
    const io = open({ workers });
    const [one, two, three, end] = [3 * MiB + 5, 6 * MiB, 8 * MiB + 1, content.byteLength];
    const pour = async (sink: FileSink, from: number, to: number): Promise<void> => {
      for (let position = from; position < to; position += 70_001) {
        const end = Math.min(to, position + 70_001);
        await sink.write({ bytes: content.subarray(position, end), positionBytes: position });
      }
    };
    const first = await io.openSink({ path, algorithms: ['sha256'] });
    await Promise.all([pour(first, three, end), pour(first, one, two)]);
    expect(first.bytesHashed).toBe(0);
    expect(first.accepted.toArray()).toEqual([
      { startBytes: one, endBytes: two },
      { startBytes: three, endBytes: end },
    ]);
    const resume = await first.sync();
    expect(resume).toEqual(first.accepted.toArray());
    await first.abort();
    const second = await io.openSink({ path, resume, algorithms: ['sha256', 'blake3'] });
    await Promise.all([pour(second, two, three), pour(second, 0, one)]);
    expect((await second.finish()).digests.sha256).toBe(sha256);
    expect(Buffer.compare(await readFile(path), content)).toBe(0);
  });

  it('writes a whole small file in one call, or nothing', async () => {
    const path = newPath();
    const io = open({ workers });
    const bytes = content.subarray(0, 12_345);
    const written = await io.writeWhole({ path, bytes, algorithms: ['sha256', 'git-sha1'] });
    expect(written).toEqual({
      device: String((await lstat(path, { bigint: true })).dev),
      inode: String((await lstat(path, { bigint: true })).ino),
      sizeBytes: 12_345,
      digests: {
        sha256: createHash('sha256').update(bytes).digest('hex'),
        'git-sha1': createHash('sha1').update('blob 12345\0').update(bytes).digest('hex'),
      },
    });
    expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
    await expect(io.writeWhole({ path, bytes, algorithms: [] })).rejects.toMatchObject({ code: 'io.exists' });
    expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
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
  it('share the workers and keep their bytes apart, also when there are more of them than slots', async () => {
    const io = open({ size: 2 });
    const files = Array.from({ length: 80 }, (_, index) => content.subarray(index * 1_000, 1 * MiB + index));
    const digests = await Promise.all(
      files.map(async (bytes) => {
        const sink = await io.openSink({ path: newPath(), algorithms: ['sha256'] });
        for (let at = 0; at < bytes.byteLength; at += 300_000) await append(sink, bytes.subarray(at, at + 300_000));
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
      for (let at = 0; at < content.byteLength; at += 65_536) await append(sink, content.subarray(at, at + 65_536));
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
    await append(sink, content);
    expect((await sink.finish()).digests.sha256).toBe(sha256);
    expect((await io.hashFile(path, { algorithms: ['sha256'] })).digests.sha256).toBe(sha256);
  });

  it.each(['write', 'fsync'] as const)('a failed %s leaves nothing of a whole file', async (call) => {
    const path = newPath();
    const io = open(bulk({ [call]: () => fail('ENOSPC') }));
    const writing = io.writeWhole({ path, bytes: content.subarray(0, 10), algorithms: ['sha256'] });
    await expect(writing).rejects.toMatchObject({ code: 'io.disk-full' });
    await expect(lstat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('takes a write of no byte for a failure', async () => {
    const sink = await open(bulk({ write: () => 0 })).openSink({ path: newPath(), algorithms: [] });
    await append(sink, content.subarray(0, 10));
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
    await append(sink, content.subarray(0, 10));
    await expect(sink.sync()).rejects.toMatchObject({ facts: { operation: 'fdatasync' } });
    await expect(sink.sync()).rejects.toMatchObject({ facts: { operation: 'fdatasync' } });
    await expect(sink.finish()).rejects.toMatchObject({ facts: { operation: 'fdatasync' } });
    expect(calls).toBe(1);
    await sink.abort();
  });

  it('never closes a descriptor twice: its number may be that of another file by then', async () => {
    const closed: number[] = [];
    const io = open(
      bulk({
        close: (descriptor) => {
          closed.push(descriptor);
          nodeBulkFileSystem.close(descriptor);
          fail('EIO');
        },
      }),
    );
    const sink = await io.openSink({ path: newPath(), algorithms: ['sha256'] });
    await append(sink, content.subarray(0, 10));
    await expect(sink.finish()).rejects.toMatchObject({ code: 'io.failed', facts: { operation: 'close' } });
    await sink.abort();
    expect(closed).toHaveLength(1);
  });

  it('finds a file that another program has cut', async () => {
    const path = newPath();
    const sink = await open({ workers: 'in-thread' }).openSink({ path, algorithms: ['sha256'] });
    await append(sink, content);
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
    const sink = await io.openSink({
      path,
      resume: [{ startBytes: 0, endBytes: content.byteLength }],
      algorithms: ['sha256'],
    });
    await expect(sink.finish()).rejects.toMatchObject({ code: 'io.failed', facts: { operation: 'read back' } });
    await sink.abort();
  });

  it('refuses bytes that were taken before, a second sync at once, and an end with a gap', async () => {
    const sink = await open().openSink({ path: newPath(), algorithms: ['sha256'] });
    await sink.write({ bytes: content.subarray(0, 1_000), positionBytes: 2_000 });
    const twice = sink.write({ bytes: content.subarray(0, 1_500), positionBytes: 1_000 });
    await expect(twice).rejects.toMatchObject({ code: 'core.invalid-argument', facts: { argument: 'positionBytes' } });
    const first = sink.sync();
    await expect(sink.sync()).rejects.toMatchObject({ code: 'core.invalid-argument', facts: { argument: 'sync' } });
    expect(await first).toEqual([{ startBytes: 2_000, endBytes: 3_000 }]);
    await expect(sink.finish()).rejects.toMatchObject({ code: 'io.failed', facts: { operation: 'check' } });
    await sink.abort();
  });

  it('stops between chunks with the reason of the signal, and can go on', async () => {
    const path = newPath();
    const io = open({ workers: 'in-thread' });
    const reason = new Error('enough');
    await expect(io.openSink({ path, algorithms: [], signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const sink = await io.openSink({ path, algorithms: ['sha256'] });
    await expect(append(sink, content, AbortSignal.abort(reason))).rejects.toBe(reason);
    await append(sink, content);
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
    await append(sink, content.subarray(0, 10));
    await io.close();
    expect(closed).toHaveLength(1);
    await expect(append(sink, content)).rejects.toMatchObject({ code: 'core.closed' });
  });
});
