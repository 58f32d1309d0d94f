/**
 * Bytes before the first chunk. Where the memory begins with a page, some processors (AMD, seen) take three times as long to
 * copy a file's cached pages into it: the chunks begin a little behind.
 */
const BEHIND_PAGE = 256;

/** @internal Threads that may read one ring. */
export const MAX_READERS: number = 2;

/**
 * @internal Memory through which one thread hands the bytes of a file to others, chunk by chunk, in order; each of them gets
 * all. Plain data: a message takes it to a thread, which then shares it.
 */
export interface ChunkRing {
  readonly cells: SharedArrayBuffer;
  readonly bytes: SharedArrayBuffer;
  readonly slotBytes: number;
  readonly slots: number;
}

/** @internal What {@link createChunkRing} makes. */
export interface ChunkRingOptions {
  readonly slots: number;
  readonly slotBytes: number;
}

/** @internal From `reads` on one cell for each reader, from `lengths` on one for each slot. */
export const CELLS: Readonly<
  Record<'written' | 'state' | 'readerEvents' | 'writerEvents' | 'reads' | 'lengths', number>
> = {
  written: 0,
  state: 1,
  readerEvents: 2,
  writerEvents: 3,
  reads: 4,
  lengths: 4 + MAX_READERS,
};

/** @internal What stands in the cell `state`. */
export const STATES = { running: 0, ended: 1, stopped: 2 } as const;

/** @internal */
export function createChunkRing({ slots, slotBytes }: ChunkRingOptions): ChunkRing {
  const cells = new SharedArrayBuffer((CELLS.lengths + slots) * Int32Array.BYTES_PER_ELEMENT);
  return { cells, bytes: new SharedArrayBuffer(BEHIND_PAGE + slots * slotBytes), slotBytes, slots };
}

/** @internal The memory of a chunk, by its number. */
export function chunkOf({ bytes, slots, slotBytes }: ChunkRing, number: number, lengthBytes: number): Uint8Array {
  return new Uint8Array(bytes, BEHIND_PAGE + (number % slots) * slotBytes, lengthBytes);
}

/** @internal Makes a ring ready for another file. Nobody works with it any more. */
export function resetRing({ cells }: ChunkRing): void {
  new Int32Array(cells).fill(0);
}

/** @internal All sides give up, whatever they wait for. */
export function stopRing({ cells }: ChunkRing): void {
  const view = new Int32Array(cells);
  Atomics.store(view, CELLS.state, STATES.stopped);
  signal(view, CELLS.readerEvents);
  signal(view, CELLS.writerEvents);
}

/**
 * @internal How many chunks go by between two signals: waking a thread costs as much as hashing a good part of a chunk. It is
 * far below the number of slots, so that who waits for a full or an empty ring is always woken.
 */
export function chunksPerSignal({ slots }: ChunkRing): number {
  return Math.max(1, Math.floor(slots / 4));
}

/** @internal Wakes who waits for an event; who is about to wait sees that the count has changed. */
export function signal(view: Int32Array<SharedArrayBuffer>, events: number): void {
  Atomics.add(view, events, 1);
  Atomics.notify(view, events);
}

/** @internal Waits, without blocking the thread, until there are more events than were seen. */
export async function nextEvent(view: Int32Array<SharedArrayBuffer>, events: number, seen: number): Promise<void> {
  await Atomics.waitAsync(view, events, seen).value;
}
