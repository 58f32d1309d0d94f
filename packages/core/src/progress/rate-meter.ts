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
  // Both fade alike, so a short history is not mistaken for a slow one.
  let fadedBytes = 0;
  let fadedMs = 0;
  return {
    note(totalBytes, nowMs) {
      if (last === undefined || totalBytes < last.bytes) {
        last = { bytes: totalBytes, atMs: nowMs };
        return;
      }
      const elapsedMs = nowMs - last.atMs;
      if (elapsedMs <= 0) return;
      const keep = 0.5 ** (elapsedMs / HALF_LIFE_MS);
      fadedBytes = fadedBytes * keep + (totalBytes - last.bytes);
      fadedMs = fadedMs * keep + elapsedMs;
      last = { bytes: totalBytes, atMs: nowMs };
    },
    get bytesPerSecond() {
      return fadedMs === 0 ? 0 : (fadedBytes / fadedMs) * 1_000;
    },
  };
}
