/** Bytes of a file: from the first to before the end. */
export interface ByteRange {
  readonly startBytes: number;
  readonly endBytes: number;
}

/** Which bytes of a file there are: ranges that neither touch nor overlap, in order. */
export interface ReadonlyByteRanges {
  /** Bytes in all ranges. */
  readonly sizeBytes: number;
  /** The end of the last range; 0 when there is none. */
  readonly endBytes: number;
  /** The end of the bytes that follow a position without a gap: the position itself where there are none. */
  contiguousEnd(positionBytes: number): number;
  /** Where the next range begins at or after a position; infinity behind the last one. */
  nextStart(positionBytes: number): number;
  toArray(): readonly ByteRange[];
}

/** {@link ReadonlyByteRanges} that grow. */
export interface ByteRanges extends ReadonlyByteRanges {
  add(range: ByteRange): void;
}

/** A set of ranges; those that touch become one. */
export function createByteRanges(initial: readonly ByteRange[] = []): ByteRanges {
  let ranges: ByteRange[] = [];

  const add = ({ startBytes, endBytes }: ByteRange): void => {
    if (endBytes <= startBytes) return;
    const grows = ranges.findIndex((range) => range.endBytes === startBytes);
    const grown = ranges[grows];
    if (grown !== undefined && (ranges[grows + 1]?.startBytes ?? Number.POSITIVE_INFINITY) > endBytes) {
      ranges[grows] = { startBytes: grown.startBytes, endBytes };
      return;
    }
    const touching = ranges.filter((other) => other.startBytes <= endBytes && other.endBytes >= startBytes);
    const merged = {
      startBytes: Math.min(startBytes, touching[0]?.startBytes ?? startBytes),
      endBytes: Math.max(endBytes, touching.at(-1)?.endBytes ?? endBytes),
    };
    const before = ranges.filter((other) => other.endBytes < startBytes);
    const after = ranges.filter((other) => other.startBytes > endBytes);
    ranges = [...before, merged, ...after];
  };
  for (const range of initial) add(range);

  return {
    get sizeBytes() {
      return ranges.reduce((sum, { startBytes, endBytes }) => sum + endBytes - startBytes, 0);
    },
    get endBytes() {
      return ranges.at(-1)?.endBytes ?? 0;
    },
    add,
    contiguousEnd(positionBytes) {
      const holder = ranges.find((range) => range.startBytes <= positionBytes && positionBytes < range.endBytes);
      return holder?.endBytes ?? positionBytes;
    },
    nextStart(positionBytes) {
      const holder = ranges.find(({ endBytes }) => positionBytes < endBytes);
      return holder === undefined ? Number.POSITIVE_INFINITY : Math.max(holder.startBytes, positionBytes);
    },
    toArray: () => [...ranges],
  };
}
