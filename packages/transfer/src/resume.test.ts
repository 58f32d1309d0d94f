import {
  appendFile,
  chmod,
  link,
  lstat,
  mkdir,
  readFile,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isModelkeepError, systemClock } from '@modelkeep/core';
import {
  createIo,
  nodeBulkFileSystem,
  nodeFileSystem,
  processIdentity,
  type BulkFileSystem,
  type ByteRange,
  type FileSystem,
  type ProcessIdentity,
} from '@modelkeep/io';
import { describe, expect, it } from 'vitest';
import { discardPart } from './discard-part.ts';
import { startByteServer, type Answer, type ByteServer } from './fixtures/byte-server.test-helper.ts';
import { content, MiB, openWorkbench, sha256Of, type Workbench } from './fixtures/workbench.test-helper.ts';
import { closedLine, durableLine, headerLine } from './journal/journal-lines.ts';
import { readPart } from './read-part.ts';

const sha256 = sha256Of(content);
const expected = { sizeBytes: content.byteLength, sha256 };
const known = { ...expected, gitSha1: null };
const self = processIdentity();
/** A process that ran before the last start of this machine, one of another machine, and one that runs: this test's parent. */
const dead: ProcessIdentity = { ...self, bootId: '0123456789ab', instanceId: '0123456789ab' };
const foreign: ProcessIdentity = { ...dead, hostId: 'ba9876543210' };
const alive: ProcessIdentity = { ...self, instanceId: '0123456789ab' };

interface Left {
  readonly owner?: ProcessIdentity;
  readonly durableBytes?: number;
  readonly claimedBytes?: number;
  readonly ranges?: readonly ByteRange[];
  readonly bytes?: Uint8Array;
  readonly closed?: boolean;
  readonly expected?: {
    readonly sizeBytes: number | null;
    readonly sha256: string | null;
    readonly gitSha1: string | null;
  };
  readonly inode?: string;
}

/** Writes a part and a journal as a process leaves them. */
async function leave(bench: Workbench, left: Left = {}): Promise<{ inode: string }> {
  const { owner = dead, durableBytes = 2 * MiB, closed = false } = left;
  await writeFile(bench.part, left.bytes ?? content.subarray(0, durableBytes));
  const inode = String((await lstat(bench.part, { bigint: true })).ino);
  const record = {
    inode: left.inode ?? inode,
    ranges: left.ranges ?? [{ startBytes: 0, endBytes: left.claimedBytes ?? durableBytes }],
    etag: '"v1"',
    totalBytes: content.byteLength,
  };
  const header = headerLine({ nonce: '0123456789abcdef', owner, expected: left.expected ?? known });
  await writeFile(bench.journal, header + durableLine(record) + (closed ? closedLine() : ''));
  return { inode };
}

async function fetchRest(
  bench: Workbench,
  server: ByteServer,
  more: object = {},
): Promise<{ path: string; resumed: number }> {
  const fetched = await bench.fetch(server.url, { expected, ...more });
  expect(fetched.sha256).toBe(sha256);
  expect(Buffer.compare(await bench.read(fetched.part), content)).toBe(0);
  return { path: fetched.part, resumed: fetched.resumedFromBytes };
}

describe('an abort', () => {
  it.each(['worker', 'in-thread'] as const)('pauses (%s): the next call fetches the rest', async (workers) => {
    await using bench = await openWorkbench({ io: { workers } });
    const slow: Answer = ({ serve }) => serve({ cutAfterBytes: 2 * MiB, cutBy: 'stall' });
    await using server = await startByteServer(content, [slow]);
    const abort = new AbortController();
    const reason = new Error('pause');
    const call = bench.fetch(server.url, {
      expected,
      signal: abort.signal,
      onProgress: ({ bytesOnDisk }) => bytesOnDisk >= 2 * MiB && abort.abort(reason),
    });
    await expect(call).rejects.toBe(reason);
    const place = { part: bench.part, journal: bench.journal };
    const left = await readPart(nodeFileSystem, place);
    expect(left).toMatchObject({ owner: 'closed', expected: known, totalBytes: content.byteLength });
    expect(left?.durableBytes).toBe(2 * MiB);
    const { ino } = await lstat(bench.part);
    expect(await fetchRest(bench, server)).toEqual({ path: bench.part, resumed: left?.durableBytes });
    expect((await lstat(bench.part)).ino).toBe(ino);
    expect(server.ranges[1]).toBe(`bytes=${left?.durableBytes}-`);
  });

  it('before the start throws the reason and makes nothing', async () => {
    await using bench = await openWorkbench();
    const reason = new Error('before');
    await expect(bench.fetch('http://127.0.0.1:9/x', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await bench.names()).toEqual([]);
  });

  it('of a small file leaves nothing', async () => {
    await using bench = await openWorkbench();
    const small = content.subarray(0, 100_000);
    await using server = await startByteServer(small, [
      ({ serve }) => serve({ cutAfterBytes: 50_000, cutBy: 'stall' }),
    ]);
    const abort = new AbortController();
    const call = bench.fetch(server.url, {
      expected: { sizeBytes: small.byteLength },
      signal: abort.signal,
      onProgress: ({ bytesOnDisk }) => bytesOnDisk >= 50_000 && abort.abort(),
    });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(await bench.names()).toEqual([]);
  });
});

describe('whose part it is', () => {
  it('goes on with the file of a process that is provably dead', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    const { inode } = await leave(bench);
    // Bytes behind the durable ones may be anything.
    await appendFile(bench.part, Buffer.alloc(50_000));
    expect(await fetchRest(bench, server)).toEqual({ path: bench.part, resumed: 2 * MiB });
    expect(String((await lstat(bench.part, { bigint: true })).ino)).toBe(inode);
    expect(server.ranges).toEqual(['bytes=2097152-']);
  });

  it('copies what a process has left of which nothing can be said, and leaves its file alone', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    const { inode } = await leave(bench, { owner: foreign });
    const stalled = join(bench.folder, 'what the other process writes to');
    await link(bench.part, stalled);
    expect(await fetchRest(bench, server)).toEqual({ path: bench.part, resumed: 2 * MiB });
    expect(String((await lstat(bench.part, { bigint: true })).ino)).not.toBe(inode);
    expect((await readFile(stalled)).byteLength).toBe(2 * MiB);
  });

  it('writes beside the file of a process that runs', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    await leave(bench, { owner: alive });
    const { path, resumed } = await fetchRest(bench, server);
    expect(path).not.toBe(bench.part);
    expect(resumed).toBe(2 * MiB);
    expect((await lstat(bench.part)).size).toBe(2 * MiB);
  });

  it('writes beside its own file when two calls of one process meet', async () => {
    await using bench = await openWorkbench({ io: { workers: 'worker' } });
    await using server = await startByteServer(content);
    const fetched = await Promise.all(Array.from({ length: 8 }, () => bench.fetch(server.url, { expected })));
    expect(new Set(fetched.map(({ inode }) => inode)).size).toBe(8);
    for (const { part } of fetched) expect(sha256Of(await bench.read(part))).toBe(sha256);
  });

  it('lets one of eight calls go on with a free part, all succeed', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    const { inode } = await leave(bench, { closed: true, owner: foreign });
    const fetched = await Promise.all(
      Array.from({ length: 8 }, () => bench.fetch(server.url, { expected, clock: systemClock })),
    );
    for (const { part } of fetched) expect(sha256Of(await bench.read(part))).toBe(sha256);
    // Whoever comes when it is whole takes it as it is.
    expect(fetched.filter((one) => one.inode === inode).length).toBeGreaterThanOrEqual(1);
  });

  it('never writes to a part that has another name: it may be a blob already', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    await leave(bench);
    const blob = join(bench.folder, 'blob');
    await link(bench.part, blob);
    await fetchRest(bench, server);
    expect((await readFile(blob)).byteLength).toBe(2 * MiB);
  });

  it('copies a part that was made read-only', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    await leave(bench);
    await chmod(bench.part, 0o444);
    expect(await fetchRest(bench, server)).toEqual({ path: bench.part, resumed: 2 * MiB });
  });

  it('notices that its name was taken by another process, and writes beside', async () => {
    await using bench = await openWorkbench();
    let taken = false;
    await using server = await startByteServer(content);
    const fetched = await bench.fetch(server.url, {
      expected,
      onProgress: () => {
        if (taken) return;
        taken = true;
        // The first report comes before the first byte: the whole file goes to an inode that has lost its name.
        void unlink(bench.part).then(() => writeFile(bench.part, 'of another process'));
      },
    });
    expect(fetched.part).not.toBe(bench.part);
    expect(sha256Of(await bench.read(fetched.part))).toBe(sha256);
    expect((await readFile(bench.part)).toString()).toBe('of another process');
  });
});

describe('a part without a journal', () => {
  it('is of no use: its owner is not known', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    await writeFile(bench.part, content.subarray(0, 2 * MiB));
    expect(await fetchRest(bench, server)).toEqual({ path: bench.part, resumed: 0 });
  });
});

describe('a journal that lies or is broken', () => {
  it.each([
    ['is empty', async (bench: Workbench) => writeFile(bench.journal, '')],
    ['is garbage', async (bench: Workbench) => writeFile(bench.journal, Buffer.alloc(4_000, 0xa5))],
    [
      'has lost its header',
      async (bench: Workbench) => writeFile(bench.journal, (await readFile(bench.journal)).subarray(20)),
    ],
    ['claims more than the file has', async (bench: Workbench) => truncate(bench.part, MiB)],
    ['is of another file with this name', async (bench: Workbench) => void (await leave(bench, { inode: '1' }))],
    ['is without its part', async (bench: Workbench) => unlink(bench.part)],
    [
      'is of another content',
      async (bench: Workbench) => void (await leave(bench, { expected: { ...known, sha256: 'b'.repeat(64) } })),
    ],
    [
      'claims more than the content has',
      async (bench: Workbench) =>
        void (await leave(bench, { bytes: Buffer.concat([content, content]), claimedBytes: 2 * content.byteLength })),
    ],
  ])('that %s is forgotten: the file is fetched from the start', async (_name, spoil) => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    await leave(bench);
    await spoil(bench);
    expect(await fetchRest(bench, server)).toEqual({ path: bench.part, resumed: 0 });
    expect(server.ranges).toEqual([undefined]);
    expect(await bench.names()).toEqual(['0.journal', '0.part']);
  });

  it('counts up to its torn last line', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    const { inode } = await leave(bench);
    await appendFile(
      bench.journal,
      durableLine({ inode, ranges: [{ startBytes: 0, endBytes: 3 * MiB }], etag: null, totalBytes: null }).slice(0, 30),
    );
    expect((await fetchRest(bench, server)).resumed).toBe(2 * MiB);
  });

  it('does no harm when the bytes that it vouches for are wrong', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    const wrong = Buffer.from(content.subarray(0, 2 * MiB));
    wrong[77] = (wrong[77] ?? 0) ^ 1;
    await leave(bench, { bytes: wrong });
    const fetched = await bench.fetch(server.url, { expected });
    expect(fetched).toMatchObject({ sha256, bytesFetched: content.byteLength + content.byteLength - 2 * MiB });
    expect(server.ranges).toEqual(['bytes=2097152-', undefined]);
  });

  it('is not resumed without a digest or a strong ETag', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    const { inode } = await leave(bench);
    const record = durableLine({ inode, ranges: [{ startBytes: 0, endBytes: 2 * MiB }], etag: null, totalBytes: null });
    await writeFile(bench.journal, headerLine({ nonce: '0123456789abcdef', owner: dead, expected: known }) + record);
    expect(await bench.fetch(server.url, { expected: { sizeBytes: content.byteLength } })).toMatchObject({
      sha256,
      resumedFromBytes: 0,
    });
  });

  it('is resumed with a strong ETag alone, which the server confirms', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    await leave(bench);
    expect(await bench.fetch(server.url)).toMatchObject({ sha256, resumedFromBytes: 2 * MiB, verified: 'none' });
    expect(server.requests[0]?.headers['if-range']).toBe('"v1"');
  });

  it('never leads out of its folder: a part that is a link is not followed', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    const precious = join(bench.folder, 'precious');
    await writeFile(precious, content.subarray(0, 2 * MiB));
    await leave(bench);
    await unlink(bench.part);
    await symlink(precious, bench.part);
    expect((await fetchRest(bench, server)).resumed).toBe(0);
    expect((await lstat(precious)).size).toBe(2 * MiB);
    expect((await lstat(bench.part)).isFile()).toBe(true);
  });
});

describe('a whole part', () => {
  it('is verified without a request', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    await leave(bench, { durableBytes: content.byteLength });
    expect(await bench.fetch(server.url, { expected })).toMatchObject({ sha256, bytesFetched: 0, verified: 'sha256' });
    expect(server.requests).toHaveLength(0);
  });

  it.each([
    ['by its digest', { sha256 }, 0],
    ['by the server where nothing else is known', {}, 1],
  ])('is confirmed %s when its size is not known', async (_how, less, requests) => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    await leave(bench, { durableBytes: content.byteLength });
    expect(await bench.fetch(server.url, { expected: less })).toMatchObject({ sha256, bytesFetched: 0 });
    expect(server.requests).toHaveLength(requests);
  });

  it('may have gaps: they are fetched, and nothing else', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    const ranges = [
      { startBytes: 100, endBytes: MiB },
      { startBytes: 2 * MiB, endBytes: 3 * MiB },
    ];
    const holed = Buffer.alloc(3 * MiB);
    for (const { startBytes, endBytes } of ranges) holed.set(content.subarray(startBytes, endBytes), startBytes);
    await leave(bench, { bytes: holed, ranges });
    expect(await fetchRest(bench, server)).toEqual({ path: bench.part, resumed: 2 * MiB - 100 });
    expect(server.ranges).toEqual(['bytes=0-99', `bytes=${MiB}-${2 * MiB - 1}`, `bytes=${3 * MiB}-`]);
  });
});

describe('the disk', () => {
  /** The machine's calls, of which one fails from a certain byte on. */
  function systemError(code: string): Error {
    return Object.assign(new Error(code), { code });
  }
  function failing(call: 'write' | 'fdatasync', code: string): BulkFileSystem {
    const fail = (): never => {
      throw systemError(code);
    };
    return {
      ...nodeBulkFileSystem,
      ...(call === 'write'
        ? {
            write: (descriptor, slice) =>
              slice.position >= 2 * MiB ? fail() : nodeBulkFileSystem.write(descriptor, slice),
          }
        : { [call]: fail }),
    };
  }

  it.each([
    ['ENOSPC', 'io.disk-full'],
    ['EIO', 'io.failed'],
  ])(
    'that answers a write with %s ends the fetch, and what was written before is resumed',
    async (code, expectedCode) => {
      await using bench = await openWorkbench({ io: { bulkFileSystem: failing('write', code) } });
      await using server = await startByteServer(content);
      // Time that flies makes each chunk due for a checkpoint.
      let atMs = 0;
      const clock = { now: () => 0, monotonicMs: () => (atMs += 2_000), sleep: async () => {} };
      const error = await bench.fetch(server.url, { expected, clock }).catch((reason: unknown) => reason);
      expect(isModelkeepError(error)).toBe(true);
      expect(error).toMatchObject({ code: expectedCode, facts: { path: bench.part } });
      expect(server.requests).toHaveLength(1);

      await using healthy = await openWorkbench();
      const fetched = await healthy.fetch(server.url, { expected, part: bench.part, journal: bench.journal });
      expect(fetched).toMatchObject({ sha256, part: bench.part });
      expect(fetched.resumedFromBytes).toBeGreaterThan(0);
      expect(fetched.resumedFromBytes).toBeLessThan(3 * MiB);
    },
  );

  it('that cannot sync is told of, and nothing is called durable', async () => {
    await using bench = await openWorkbench({ io: { bulkFileSystem: failing('fdatasync', 'EIO') } });
    await using server = await startByteServer(content, [({ serve }) => serve({ cutAfterBytes: MiB, cutBy: 'reset' })]);
    const call = bench.fetch(server.url, { expected });
    await expect(call).rejects.toMatchObject({
      code: 'io.failed',
      facts: { systemCode: 'EIO', operation: 'fdatasync' },
    });
    expect(await bench.names()).toEqual([]);
  });

  it('that fails in the last fsync publishes nothing', async () => {
    const bulkFileSystem: BulkFileSystem = {
      ...nodeBulkFileSystem,
      fdatasync: (descriptor) => {
        if (nodeBulkFileSystem.status(descriptor).sizeBytes === content.byteLength) throw systemError('EIO');
        nodeBulkFileSystem.fdatasync(descriptor);
      },
    };
    await using bench = await openWorkbench({ io: { bulkFileSystem } });
    await using server = await startByteServer(content);
    const call = bench.fetch(server.url, { expected });
    const facts = { systemCode: 'EIO', operation: 'fdatasync' };
    await expect(call).rejects.toMatchObject({ code: 'io.failed', facts });
  });

  it('without the folder is an error', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    const call = bench.fetch(server.url, {
      expected,
      part: join(bench.folder, 'none/0.part'),
      journal: join(bench.folder, 'none/0.journal'),
    });
    await expect(call).rejects.toMatchObject({ code: 'io.not-found' });
  });

  it('is not touched for a caller whose expectations make no sense', async () => {
    await using bench = await openWorkbench();
    for (const wrong of [{ sha256: '../../x' }, { gitSha1: 'A'.repeat(40) }, { sizeBytes: -1 }, { sizeBytes: 0.5 }]) {
      await expect(bench.fetch('http://127.0.0.1:9/', { expected: wrong })).rejects.toMatchObject({
        code: 'core.invalid-argument',
      });
    }
    expect(await bench.names()).toEqual([]);
  });
});

describe('readPart and discardPart', () => {
  it('say what is there, and remove it with all that stands beside it', async () => {
    await using bench = await openWorkbench();
    const place = { part: bench.part, journal: bench.journal };
    expect(await readPart(nodeFileSystem, place)).toBeNull();
    await leave(bench);
    expect(await readPart(nodeFileSystem, place)).toMatchObject({
      durableBytes: 2 * MiB,
      owner: 'dead',
      expected: known,
    });
    await leave(bench, { owner: alive });
    expect(await readPart(nodeFileSystem, place)).toMatchObject({ owner: 'alive' });
    await writeFile(`${bench.part}.0123456789abcdef`, 'beside');
    await writeFile(`${bench.part}.mine`, 'of the user');
    await writeFile(`${bench.journal}.0123456789abcdef`, 'taken');
    await mkdir(join(bench.folder, '10.part'));
    await discardPart(nodeFileSystem, place);
    expect(await bench.names()).toEqual(['0.part.mine', '10.part']);
    await discardPart(nodeFileSystem, {
      part: join(bench.folder, 'none/0.part'),
      journal: join(bench.folder, 'none/0.journal'),
    });
  });
});

describe('races', () => {
  const place = (bench: Workbench): { part: string; journal: string } => ({ part: bench.part, journal: bench.journal });

  /** A file system in which something happens before one of the steps. */
  function disturbed(step: (path: string) => Promise<void> | undefined): FileSystem {
    return {
      ...nodeFileSystem,
      rename: async (from, to) => {
        await step(from);
        await nodeFileSystem.rename(from, to);
      },
    };
  }

  it('gives a journal back that another process has made between the look and the claim', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    await leave(bench);
    let done = false;
    const fileSystem = disturbed((path) => {
      if (done || path !== bench.journal) return undefined;
      done = true;
      return writeFile(bench.journal, headerLine({ nonce: 'fedcba9876543210', owner: alive, expected: known }));
    });
    await using io = createIo({ workers: 'in-thread', fileSystem });
    const { path } = await fetchRest(bench, server, { io });
    expect(path).not.toBe(bench.part);
    expect(await readFile(bench.journal, 'utf8')).toContain('fedcba9876543210');
    expect((await bench.names()).filter((name) => name.startsWith('0.journal'))).toEqual(['0.journal']);
  });

  it('looks again when another process has taken the journal away', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    await leave(bench, { owner: foreign });
    let done = false;
    const fileSystem = disturbed((path) => {
      if (done || path !== bench.journal) return undefined;
      done = true;
      return discardPart(nodeFileSystem, place(bench));
    });
    await using io = createIo({ workers: 'in-thread', fileSystem });
    expect(await fetchRest(bench, server, { io })).toEqual({ path: bench.part, resumed: 0 });
    expect(await bench.names()).toEqual(['0.journal', '0.part']);
  });

  it('fetches from the start when the part goes away while it is copied', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    await leave(bench, { owner: foreign });
    const bulkFileSystem: BulkFileSystem = {
      ...nodeBulkFileSystem,
      open: (path, options) => {
        if (options.mode === 'read') truncateSync(path, 10);
        return nodeBulkFileSystem.open(path, options);
      },
    };
    await using io = createIo({ workers: 'in-thread', bulkFileSystem });
    expect(await fetchRest(bench, server, { io })).toEqual({ path: bench.part, resumed: 0 });
    expect(await bench.names()).toEqual(['0.journal', '0.part']);
  });

  it('begins beside a part that is replaced before it is opened', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    await leave(bench);
    let done = false;
    const bulkFileSystem: BulkFileSystem = {
      ...nodeBulkFileSystem,
      open: (path, options) => {
        if (!done && options.mode === 'update') {
          done = true;
          writeFileSync(`${path}.new`, 'of another process');
          renameSync(`${path}.new`, path);
        }
        return nodeBulkFileSystem.open(path, options);
      },
    };
    await using io = createIo({ workers: 'in-thread', bulkFileSystem });
    const { path, resumed } = await fetchRest(bench, server, { io });
    expect(path).not.toBe(bench.part);
    expect(resumed).toBe(0);
    expect(await readFile(bench.part, 'utf8')).toBe('of another process');
  });
});
