import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIo } from '../create-io.ts';
import type { Io, ReadPiecesRange } from '../io.ts';
import { createDriveQueues } from '../queue/drive-queues.ts';

const MIB = 1024 * 1024;
const bytes = randomBytes(3 * MIB + 7);
let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-pieces-'));
  path = join(folder, 'file');
  await writeFile(path, bytes);
});
afterEach(() => rm(folder, { recursive: true }));

async function openFiles(): Promise<number | null> {
  return process.platform === 'linux' ? (await readdir('/proc/self/fd')).length : null;
}

function begin(io: Io, range: ReadPiecesRange): AsyncIterator<Uint8Array> {
  return io.readPieces(path, range)[Symbol.asyncIterator]();
}

async function read(io: Io, startBytes: number, endBytes: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of io.readPieces(path, { startBytes, endBytes })) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe.each(['worker', 'in-thread'] as const)('a part of a file, with workers: %s', (workers) => {
  it('is read in pieces, each of which takes a place on the drive', async () => {
    const driveQueues = createDriveQueues();
    await using io = createIo({ workers, driveQueues });
    for (const [start, end] of [
      [0, bytes.byteLength],
      [5, 6],
      [MIB - 1, 2 * MIB + 1],
      [9, 9],
    ] as const) {
      expect((await read(io, start, end)).equals(bytes.subarray(start, end))).toBe(true);
    }
    const [queue] = driveQueues.snapshot();
    expect(queue).toMatchObject({ running: 0, waiting: 0, bytes: bytes.byteLength + 1 + MIB + 2 });
  });

  it('leaves no file open: when it is left half-way, cut meanwhile, or everything is closed', async () => {
    const io = createIo({ workers });
    await read(io, 0, 1);
    const before = await openFiles();
    for await (const piece of io.readPieces(path, { startBytes: 0, endBytes: bytes.byteLength })) {
      expect(piece).toHaveLength(MIB);
      break;
    }
    const cut = begin(io, { startBytes: 0, endBytes: bytes.byteLength });
    await cut.next();
    await truncate(path, MIB + 3);
    await expect(cut.next()).rejects.toMatchObject({ code: 'io.changed-while-read' });
    await expect(read(io, 0, MIB + 4)).rejects.toMatchObject({ code: 'io.changed-while-read' });
    const abort = new AbortController();
    const reason = new Error('enough');
    const given = begin(io, { startBytes: 0, endBytes: MIB + 3, signal: abort.signal });
    await given.next();
    abort.abort(reason);
    await expect(given.next()).rejects.toBe(reason);
    expect(await openFiles()).toBe(before);

    const last = begin(io, { startBytes: 0, endBytes: MIB + 3 });
    await last.next();
    // A file that is removed is read to its end.
    await unlink(path);
    expect((await last.next()).value).toHaveLength(3);
    await io.close();
    await expect(read(io, 0, 1)).rejects.toMatchObject({ code: 'core.closed' });
    if (before !== null) expect(await openFiles()).toBeLessThanOrEqual(before);
  });
});
