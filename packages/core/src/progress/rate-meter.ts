const HALF_LIFE_MS = 2_000;

/** A smoothed rate: recent bytes weigh more, with a half-life of two seconds. */
export interface RateMeter {
  /** Notes the bytes done so far (a running total) at a monotonic time. */
  note(totalBytes: number, nowMs: number): void;
  /** Bytes a second, 0 before two notes. */
  readonly bytesPerSecond: number;
}

/** @returns a meter that has seen nothing */
export function createRateMeter(): RateMeter {
  let last: { bytes: number; atMs: number } | undefined;
  let rate: number | undefined;
  return {
    note(totalBytes, nowMs) {
      if (last === undefined || totalBytes < last.bytes) {
        last = { bytes: totalBytes, atMs: nowMs };
        return;
      }
      const elapsedMs = nowMs - last.atMs;
      if (elapsedMs <= 0) return;
      const measured = ((totalBytes - last.bytes) / elapsedMs) * 1_000;
      const keep = 0.5 ** (elapsedMs / HALF_LIFE_MS);
      rate = rate === undefined ? measured : rate * keep + measured * (1 - keep);
      last = { bytes: totalBytes, atMs: nowMs };
    },
    get bytesPerSecond() {
      return rate ?? 0;
    },
  };
}
