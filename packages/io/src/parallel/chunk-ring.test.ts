import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createChunkRing, resetRing, stopRing, type ChunkRing } from './chunk-ring.ts';
import { readRing } from './read-ring.ts';
import { createRingPool } from './ring-pool.ts';
import { createRingWriter } from './ring-writer.ts';

const ring = (): ChunkRing => createChunkRing({ slots: 3, slotBytes: 4 });

async function write(target: ChunkRing, chunks: readonly string[], readers = 1): Promise<void> {
  const writer = createRingWriter(target, readers);
  for (const chunk of chunks) {
    const bytes = await writer.next();
    bytes.set(Buffer.from(chunk));
    writer.publish(chunk.length);
  }
  writer.end();
}

async function read(target: ChunkRing, reader = 0, turns = 1): Promise<{ isWhole: boolean; chunks: string[] }> {
  const chunks: string[] = [];
  const isWhole = await readRing(target, {
    reader,
    onChunk: (bytes) => void chunks.push(Buffer.from(bytes).toString()),
    between: async () => {
      for (let turn = 0; turn < turns; turn += 1) await setImmediate();
    },
  });
  return { isWhole, chunks };
}

const chunks = Array.from({ length: 50 }, (_, number) => String(number).slice(0, 1 + (number % 4)));

describe('a ring of chunks', () => {
  it.each([
    ['a slow writer', 1],
    ['a slow reader', 5],
  ])('hands all chunks over in order, with %s', async (_name, turns) => {
    const one = ring();
    const [, got] = await Promise.all([write(one, chunks), read(one, 0, turns)]);
    expect(got).toEqual({ isWhole: true, chunks });
  });

  it('hands them to several readers, of which the slowest one sets the pace', async () => {
    const one = ring();
    const [, first, second] = await Promise.all([write(one, chunks, 2), read(one, 0), read(one, 1, 4)]);
    expect(first).toEqual({ isWhole: true, chunks });
    expect(second).toEqual({ isWhole: true, chunks });
  });

  it('can be used again', async () => {
    const one = ring();
    await Promise.all([write(one, chunks), read(one)]);
    resetRing(one);
    const [, got] = await Promise.all([write(one, ['a', 'b']), read(one)]);
    expect(got.chunks).toEqual(['a', 'b']);
  });

  it('wakes a reader that waits when it is stopped', async () => {
    const one = ring();
    const reading = read(one);
    await setImmediate();
    stopRing(one);
    expect(await reading).toEqual({ isWhole: false, chunks: [] });
  });

  it('wakes a writer that waits when it is stopped, and stays stopped', async () => {
    const one = ring();
    const writing = write(one, chunks);
    await setImmediate();
    stopRing(one);
    await expect(writing).rejects.toThrow('stopped');
    createRingWriter(one, 1).end();
    expect((await read(one)).isWhole).toBe(false);
  });

  it('ends a reader by what its turn throws', async () => {
    const one = ring();
    createRingWriter(one, 1).publish(1);
    const reading = readRing(one, { reader: 0, onChunk() {}, between: () => Promise.reject(new Error('enough')) });
    await expect(reading).rejects.toThrow('enough');
  });
});

it('a pool of rings makes no more than it may, and uses them again', () => {
  const pool = createRingPool({ count: 1, slots: 2, slotBytes: 8 });
  const first = pool.tryTake();
  expect(pool.tryTake()).toBeUndefined();
  if (first === undefined) throw new Error('there is one');
  stopRing(first);
  pool.giveBack(first);
  expect(pool.tryTake()).toBe(first);
  expect(new Int32Array(first.cells).every((cell) => cell === 0)).toBe(true);
});
