import type { ByteSource } from '@modelkeep/core';

/** Some bytes of a source. */
export interface SourcePart {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** What is known of a source. Plain data, so that it can go to a worker. */
export interface KnownParts {
  readonly sizeBytes: number;
  readonly parts: readonly SourcePart[];
}

/** A source of what is known; a read of anything else is told to `onMissing` and fails. */
export function knownPartsSource(
  { sizeBytes, parts }: KnownParts,
  onMissing: (offset: number, length: number) => void,
): ByteSource {
  return {
    sizeBytes,
    async read(offset, length, signal) {
      signal?.throwIfAborted();
      const end = Math.min(offset + length, sizeBytes);
      if (end <= offset) return new Uint8Array(0);
      const part = parts.find((each) => each.offset <= offset && end <= each.offset + each.bytes.length);
      if (part !== undefined) return part.bytes.subarray(offset - part.offset, end - part.offset);
      onMissing(offset, end - offset);
      throw new RangeError(`bytes ${offset} to ${end} are not known`);
    },
  };
}
