import type { SharedBytes } from '../worker/worker-tools.ts';
import type { SinkChunk } from './file-sink.ts';
import type { Slot } from './slot-pool.ts';

/** A chunk that is smaller is copied: where many connections bring little at a time, all of it would be waiting memory. */
const MIN_IN_PLACE_BYTES = 128 * 1024;
/** What the threads get at once. */
const BATCH_BYTES = 256 * 1024;

/** @internal Bytes that follow each other on their way to the threads. */
export interface Batch {
  readonly positionBytes: number;
  readonly lengthBytes: number;
  readonly pieces: readonly SharedBytes[];
  readonly isFull: boolean;
  /** Whether a chunk needs no slot: its memory can stay where it is, or there is room in the last slot. */
  takesAtOnce(chunk: SinkChunk): boolean;
  /** Whether all of a chunk does. */
  takesWhole(chunk: SinkChunk): boolean;
  /** Takes what it can. @returns bytes taken */
  take(chunk: SinkChunk): number;
  /** More room for chunks that are copied. */
  addSlot(slot: Slot): void;
  /** The threads are done with the bytes. */
  release(): void;
}

/** @internal @param giveBack - takes slots that are free again */
export function createBatch(positionBytes: number, giveBack: (slot: Slot) => void): Batch {
  const pieces: SharedBytes[] = [];
  const releases: (() => void)[] = [];
  let lengthBytes = 0;
  let slot: Slot | undefined;
  let usedBytes = 0;
  /** Where in the slot the last piece begins; undefined when the last piece is not in it. */
  let pieceStart: number | undefined;

  const staysInPlace = ({ bytes, release }: SinkChunk): boolean =>
    release !== undefined && bytes.byteLength >= MIN_IN_PLACE_BYTES && bytes.buffer instanceof SharedArrayBuffer;
  const roomBytes = (): number => (slot === undefined ? 0 : slot.bytes.byteLength - usedBytes);

  return {
    positionBytes,
    pieces,
    get lengthBytes() {
      return lengthBytes;
    },
    get isFull() {
      return lengthBytes >= BATCH_BYTES;
    },
    takesAtOnce: (chunk) => staysInPlace(chunk) || roomBytes() > 0,
    takesWhole: (chunk) => staysInPlace(chunk) || roomBytes() >= chunk.bytes.byteLength,
    take(chunk) {
      const { bytes, release } = chunk;
      if (staysInPlace(chunk)) {
        const buffer = bytes.buffer as SharedArrayBuffer;
        pieces.push({ buffer, offsetBytes: bytes.byteOffset, lengthBytes: bytes.byteLength });
        if (release !== undefined) releases.push(release);
        pieceStart = undefined;
        lengthBytes += bytes.byteLength;
        return bytes.byteLength;
      }
      if (slot === undefined) return 0;
      const count = Math.min(bytes.byteLength, roomBytes());
      slot.bytes.set(count === bytes.byteLength ? bytes : bytes.subarray(0, count), usedBytes);
      if (pieceStart !== undefined) pieces.pop();
      pieceStart ??= usedBytes;
      usedBytes += count;
      pieces.push({ buffer: slot.buffer, offsetBytes: pieceStart, lengthBytes: usedBytes - pieceStart });
      lengthBytes += count;
      if (count === bytes.byteLength) release?.();
      return count;
    },
    addSlot(next) {
      slot = next;
      usedBytes = 0;
      pieceStart = undefined;
      releases.push(() => giveBack(next));
    },
    release() {
      for (const free of releases.splice(0)) free();
    },
  };
}
