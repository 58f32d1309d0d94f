import { CELLS, chunkOf, chunksPerSignal, nextEvent, signal, STATES, type ChunkRing } from './chunk-ring.ts';

/** @internal What {@link readRing} does with the chunks. */
export interface ReadRingOptions {
  /** Which of the readers this is, from 0 on. */
  readonly reader: number;
  /** The memory is the writer's again when this returns. */
  readonly onChunk: (bytes: Uint8Array) => void;
  /** Every few chunks: other calls of the thread have a turn. What it throws ends the reading. */
  readonly between: () => Promise<void>;
}

/**
 * @internal A side that reads a ring.
 *
 * @returns whether all came; false when another side gave up
 */
export async function readRing(ring: ChunkRing, { reader, onChunk, between }: ReadRingOptions): Promise<boolean> {
  const view = new Int32Array(ring.cells);
  const stride = chunksPerSignal(ring);
  let read = 0;
  for (;;) {
    const seen = Atomics.load(view, CELLS.readerEvents);
    const state = Atomics.load(view, CELLS.state);
    if (state === STATES.stopped) return false;
    if (read < Atomics.load(view, CELLS.written)) {
      onChunk(chunkOf(ring, read, Atomics.load(view, CELLS.lengths + (read % ring.slots))));
      read += 1;
      Atomics.store(view, CELLS.reads + reader, read);
      if (read % stride === 0) {
        signal(view, CELLS.writerEvents);
        await between();
      }
    } else if (state === STATES.ended) {
      return true;
    } else {
      await nextEvent(view, CELLS.readerEvents, seen);
    }
  }
}
