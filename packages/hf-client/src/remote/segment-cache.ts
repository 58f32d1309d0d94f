/** Bytes of a file from some place on. */
interface Segment {
  readonly startBytes: number;
  readonly bytes: Uint8Array;
}

/** Parts of a file that are kept, the least recently used of them dropped first. */
export interface SegmentCache {
  /** What is kept from a place on, up to the end of its segment; null for nothing. */
  from(offset: number): Uint8Array | null;
  /** The next place after an offset that something is kept from, or null. */
  nextStart(offset: number): number | null;
  add(startBytes: number, bytes: Uint8Array): void;
  clear(): void;
}

/** More of them would make looking for one slow. */
const MAX_SEGMENTS = 256;

/** Makes an empty cache of at most so many bytes; a segment that alone is larger is kept until the next comes. */
export function createSegmentCache(maxBytes: number): SegmentCache {
  const segments = new Set<Segment>();
  let keptBytes = 0;
  const drop = (segment: Segment): void => {
    segments.delete(segment);
    keptBytes -= segment.bytes.length;
  };
  return {
    from(offset) {
      for (const segment of segments) {
        if (offset < segment.startBytes || offset >= segment.startBytes + segment.bytes.length) continue;
        segments.delete(segment);
        segments.add(segment);
        return segment.bytes.subarray(offset - segment.startBytes);
      }
      return null;
    },
    nextStart(offset) {
      const after = [...segments].map(({ startBytes }) => startBytes).filter((start) => start > offset);
      return after.length === 0 ? null : Math.min(...after);
    },
    add(startBytes, bytes) {
      if (bytes.length === 0) return;
      segments.add({ startBytes, bytes });
      keptBytes += bytes.length;
      for (const oldest of segments) {
        if (segments.size === 1 || (keptBytes <= maxBytes && segments.size <= MAX_SEGMENTS)) break;
        drop(oldest);
      }
    },
    clear() {
      segments.clear();
      keptBytes = 0;
    },
  };
}
