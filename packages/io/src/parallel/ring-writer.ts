import { CELLS, chunkOf, chunksPerSignal, nextEvent, signal, STATES, type ChunkRing } from './chunk-ring.ts';

/** @internal The side that fills a ring. */
export interface RingWriter {
  /**
   * Memory for the next chunk, once all readers are done with what was in it.
   *
   * @throws when another side has given up
   */
  next(): Uint8Array | Promise<Uint8Array>;
  /** Hands over the first bytes of what {@link RingWriter.next} gave; from now on they may only be read. */
  publish(lengthBytes: number): void;
  /** There are no more. */
  end(): void;
}

/** @internal @param readers - how many threads read the ring */
export function createRingWriter(ring: ChunkRing, readers: number): RingWriter {
  const { cells, slots, slotBytes } = ring;
  const stride = chunksPerSignal(ring);
  const view = new Int32Array(cells);
  let written = 0;
  const behind = (): number => {
    let least = written;
    for (let reader = 0; reader < readers; reader += 1)
      least = Math.min(least, Atomics.load(view, CELLS.reads + reader));
    return written - least;
  };
  const tryNext = (): Uint8Array | undefined => {
    if (Atomics.load(view, CELLS.state) === STATES.stopped) throw new Error('another thread has stopped');
    return behind() < slots ? chunkOf(ring, written, slotBytes) : undefined;
  };
  const waitForNext = async (): Promise<Uint8Array> => {
    for (;;) {
      const seen = Atomics.load(view, CELLS.writerEvents);
      const memory = tryNext();
      if (memory !== undefined) return memory;
      await nextEvent(view, CELLS.writerEvents, seen);
    }
  };
  return {
    next: () => tryNext() ?? waitForNext(),
    publish(lengthBytes) {
      Atomics.store(view, CELLS.lengths + (written % slots), lengthBytes);
      written += 1;
      Atomics.store(view, CELLS.written, written);
      if (written % stride === 0) signal(view, CELLS.readerEvents);
    },
    end() {
      // A side that has stopped stays stopped.
      Atomics.compareExchange(view, CELLS.state, STATES.running, STATES.ended);
      signal(view, CELLS.readerEvents);
    },
  };
}
