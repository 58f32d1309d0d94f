import type { ReadonlyByteRanges } from '@modelkeep/io';

const MIB = 1024 * 1024;
/** The most that one connection fetches at a time: what a kill or a break may cost it. */
const MAX_SEGMENT_BYTES = 16 * MIB;
/** A request for less costs more than it brings. */
const MIN_SEGMENT_BYTES = 1 * MIB;
/** How far ahead of the hashed bytes anything is fetched, in segments per connection. */
const WINDOW_SEGMENTS = 2;

/** @internal Bytes that one connection is about to fetch. */
export interface Claim {
  startBytes: number;
  /** Behind the last byte that it has taken from its connection. */
  positionBytes: number;
  /** What was asked for; null: to the end of the file, wherever that is. */
  endBytes: number | null;
  /** All the rest, given as one piece because nobody else was there: others may take what lies far ahead. */
  isOpen: boolean;
  /** The source has agreed to send it: only now another claim gives way. */
  isConfirmed: boolean;
}

/** @internal What the board knows of the file. */
export interface RangeBoardState {
  readonly accepted: ReadonlyByteRanges;
  readonly totalBytes: number | null;
  /** Bytes from the start that are hashed. */
  readonly hashedBytes: number;
  /** Connections that share the work. */
  readonly connections: number;
}

/** @internal Who fetches what: parts are handed out in order, close behind the bytes that are hashed. */
export interface RangeBoard {
  /** The next bytes that nobody has; `wait` where they lie too far ahead; undefined when all are here or on their way. */
  take(options: { readonly whole: boolean }): Claim | 'wait' | undefined;
  /** The source sends it. @returns false when somebody else has come there meanwhile */
  confirm(claim: Claim): boolean;
  /** The only claim becomes one for the whole file. */
  rewind(claim: Claim): void;
  /** Where a claim has to stop: bytes behind it are here, or come from somebody else. */
  limitOf(claim: Claim): number;
  release(claim: Claim): void;
  /** Resolves when bytes came or a claim was given back. */
  changed(): Promise<void>;
  /** Wakes those who wait for a change. */
  notify(): void;
}

/** @internal @param state - read anew for each question */
export function createRangeBoard(state: RangeBoardState): RangeBoard {
  const claims = new Set<Claim>();
  let wake: (() => void)[] = [];

  const notify = (): void => {
    if (wake.length === 0) return;
    const waiting = wake;
    wake = [];
    for (const resolve of waiting) resolve();
  };
  const segmentBytes = ({ totalBytes, accepted, connections }: RangeBoardState): number => {
    const missing = (totalBytes ?? Number.POSITIVE_INFINITY) - accepted.sizeBytes;
    return Math.min(MAX_SEGMENT_BYTES, Math.max(MIN_SEGMENT_BYTES, Math.ceil(missing / (2 * connections))));
  };
  const reservedEnd = (claim: Claim, segment: number): number => {
    const end = claim.endBytes ?? Number.POSITIVE_INFINITY;
    return claim.isOpen ? Math.min(end, claim.positionBytes + segment) : end;
  };

  return {
    take({ whole }) {
      const { accepted, totalBytes, hashedBytes, connections } = state;
      const segment = segmentBytes(state);
      let start = 0;
      for (;;) {
        const had = accepted.contiguousEnd(start);
        const holder = [...claims].find((claim) => claim.startBytes <= had && had < reservedEnd(claim, segment));
        const next = holder === undefined ? had : reservedEnd(holder, segment);
        if (next === start) break;
        start = next;
      }
      if (start >= (totalBytes ?? Number.POSITIVE_INFINITY)) return undefined;
      const isAhead = [...claims].some(({ positionBytes }) => positionBytes < start);
      if (isAhead && start > hashedBytes + WINDOW_SEGMENTS * connections * MAX_SEGMENT_BYTES) return 'wait';
      const others = [...claims].map((claim) => claim.startBytes).filter((other) => other > start);
      const gapEnd = Math.min(accepted.nextStart(start), totalBytes ?? Number.POSITIVE_INFINITY, ...others);
      const end = whole ? gapEnd : Math.min(gapEnd, start + segment);
      const claim: Claim = {
        startBytes: start,
        positionBytes: start,
        endBytes: Number.isFinite(end) ? end : null,
        isOpen: whole && end === (totalBytes ?? Number.POSITIVE_INFINITY),
        isConfirmed: false,
      };
      claims.add(claim);
      return claim;
    },
    confirm(claim) {
      const { startBytes } = claim;
      const isTaken = [...claims].some(
        (other) => other !== claim && other.startBytes <= startBytes && startBytes < other.positionBytes,
      );
      if (isTaken || state.accepted.contiguousEnd(startBytes) > startBytes) return false;
      claim.isConfirmed = true;
      return true;
    },
    rewind(claim) {
      claim.startBytes = 0;
      claim.positionBytes = 0;
      claim.endBytes = null;
      claim.isOpen = true;
    },
    limitOf(claim) {
      let limit = state.accepted.nextStart(claim.positionBytes);
      for (const other of claims) {
        if (other === claim || !other.isConfirmed || other.startBytes < claim.positionBytes) continue;
        limit = Math.min(limit, other.startBytes);
      }
      return limit;
    },
    release(claim) {
      claims.delete(claim);
      notify();
    },
    changed: () => new Promise((resolve) => wake.push(resolve)),
    notify,
  };
}
