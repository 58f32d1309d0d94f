import type { ByteSource } from '@modelkeep/core';

/** A part of a source as a source. */
export function rangeSource(source: ByteSource, offset: number, sizeBytes: number): ByteSource {
  return {
    sizeBytes,
    read: (at, length, signal) => source.read(offset + at, Math.max(0, Math.min(length, sizeBytes - at)), signal),
  };
}
