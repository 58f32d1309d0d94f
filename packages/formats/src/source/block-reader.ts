import type { ByteSource } from '@modelkeep/core';

const BLOCK_BYTES = 1024 * 1024;

/** Reads a source from its beginning in blocks; what was read is forgotten as soon as it is passed. */
export interface BlockReader {
  /** Place of the next byte. */
  readonly position: number;
  /** Bytes from the position to the end of the source. */
  readonly remainingBytes: number;
  /** Whether so many bytes can be taken without reading. */
  buffered(length: number): boolean;
  /** Makes the next `length` bytes available. False where the source ends before. */
  fill(length: number): Promise<boolean>;
  /** The next bytes, which must be buffered; valid until the next call of `fill`. */
  take(length: number): DataView;
  /** The next byte, which must be buffered. */
  byte(): number;
  /** The next 4 or 8 bytes as a number, which must be buffered; inexact beyond 2^53. Nothing is allocated. */
  uint(width: 4 | 8, littleEndian: boolean): number;
  /** As much of the next bytes as is buffered, without passing them; valid until the next call of `fill`. */
  ahead(): Uint8Array;
  /** Passes bytes without reading them. False where the source ends before. */
  skip(length: number): boolean;
}

/** @internal Makes a {@link BlockReader}. */
export function createBlockReader(source: ByteSource, signal?: AbortSignal): BlockReader {
  let block: Uint8Array = new Uint8Array(0);
  let blockStart = 0;
  let position = 0;
  const buffered = (length: number): boolean => position + length <= blockStart + block.length;

  return {
    get position() {
      return position;
    },
    get remainingBytes() {
      return source.sizeBytes - position;
    },
    buffered,
    async fill(length) {
      if (buffered(length)) return true;
      if (length > source.sizeBytes - position) return false;
      signal?.throwIfAborted();
      const wanted = Math.min(Math.max(length, BLOCK_BYTES), source.sizeBytes - position);
      block = await source.read(position, wanted, signal);
      blockStart = position;
      return block.length >= length;
    },
    take(length) {
      const view = new DataView(block.buffer, block.byteOffset + position - blockStart, length);
      position += length;
      return view;
    },
    byte() {
      const value = block[position - blockStart] ?? 0;
      position += 1;
      return value;
    },
    uint(width, littleEndian) {
      const at = position - blockStart;
      let value = 0;
      for (let index = 0; index < width; index += 1) {
        value = value * 256 + (block[littleEndian ? at + width - 1 - index : at + index] ?? 0);
      }
      position += width;
      return value;
    },
    ahead: () => block.subarray(Math.min(block.length, position - blockStart)),
    skip(length) {
      if (length > source.sizeBytes - position) return false;
      position += length;
      return true;
    },
  };
}
