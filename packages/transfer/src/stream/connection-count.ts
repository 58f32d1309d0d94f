import type { Clock } from '@modelkeep/core';

/** The rate is taken over this time, once new connections have had theirs to get going. */
const WINDOW_MS = 300;
const WARM_UP_MS = 150;
/** Twice the connections have to bring this much more, or they are not worth it. */
const WORTHWHILE = 1.25;
/** Over a connection that is this fast more of them bring nothing: the machine itself is the limit. */
const FAST_BYTES_PER_SECOND = 150_000_000;
const PROBE_AGAIN_MS = 10_000;

/** @internal How many connections a file is worth: one at first, twice as many while the rate grows by it. */
export interface ConnectionCount {
  readonly wanted: number;
  /** Bytes came, over so many connections. */
  note(bytes: number, connections: number): void;
  /** A server or a network that is overloaded gets half as many. */
  backOff(): void;
}

/** @internal What {@link createConnectionCount} works with. */
export interface ConnectionCountOptions {
  readonly clock: Clock;
  readonly max: number;
}

/** @internal */
export function createConnectionCount({ clock, max }: ConnectionCountOptions): ConnectionCount {
  let wanted = 1;
  let before: { readonly wanted: number; readonly rate: number } | undefined;
  let isSettledUntilMs = 0;
  let windowFromMs: number | undefined;
  let windowBytes = 0;

  const begin = (nowMs: number, warmUpMs: number): void => {
    windowFromMs = nowMs + warmUpMs;
    windowBytes = 0;
  };
  const change = (to: number, nowMs: number): void => {
    wanted = to;
    begin(nowMs, WARM_UP_MS);
  };
  const settle = (to: number, nowMs: number): void => {
    change(to, nowMs);
    before = undefined;
    isSettledUntilMs = nowMs + PROBE_AGAIN_MS;
  };
  const judge = (rate: number, nowMs: number): void => {
    if (before !== undefined && rate < before.rate * WORTHWHILE) return settle(before.wanted, nowMs);
    if (wanted >= max || rate / wanted > FAST_BYTES_PER_SECOND) return settle(wanted, nowMs);
    before = { wanted, rate };
    change(Math.min(max, wanted * 2), nowMs);
  };

  return {
    get wanted() {
      return wanted;
    },
    note(bytes, connections) {
      const nowMs = clock.monotonicMs();
      if (windowFromMs === undefined) begin(nowMs, 0);
      const sinceMs = nowMs - (windowFromMs ?? nowMs);
      if (sinceMs < 0) return;
      windowBytes += bytes;
      if (sinceMs < WINDOW_MS || nowMs < isSettledUntilMs) return;
      // What fewer connections bring says nothing about so many.
      if (connections < wanted) return begin(nowMs, 0);
      judge((windowBytes / sinceMs) * 1_000, nowMs);
    },
    backOff() {
      settle(Math.max(1, Math.floor(wanted / 2)), clock.monotonicMs());
    },
  };
}
