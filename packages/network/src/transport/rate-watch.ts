import type { MinimumRate } from '@modelkeep/core';

const STEPS_PER_WINDOW = 8;
const LONGEST_WINDOW_MS = 2 ** 31 - 1;

/** Watches how fast a body comes in. */
export interface RateWatch {
  start(): void;
  /** Bytes came in. */
  count(bytes: number): void;
  /** The reader has enough for now: from here on no time passes. */
  pause(): void;
  resume(): void;
  stop(): void;
}

/**
 * Calls `onTooSlow` when less than the minimum came in over a window of time, then is over.
 *
 * The window is counted in steps of an eighth, so that an event loop that is blocked, or a machine that sleeps, adds no
 * more than one step; and after the last step the bytes that wait in the socket get one turn of the loop.
 */
export function createRateWatch({ bytesPerSecond, windowMs }: MinimumRate, onTooSlow: () => void): RateWatch {
  const isOff = bytesPerSecond <= 0 || windowMs <= 0 || windowMs > LONGEST_WINDOW_MS;
  const stepMs = windowMs / STEPS_PER_WINDOW;
  const neededBytes = (bytesPerSecond * windowMs) / 1_000;
  let timer: NodeJS.Timeout | undefined;
  let isRunning = false;
  let isOver = false;
  let bytesInWindow = 0;
  let steps = 0;
  /** What of the present step is left, in milliseconds, and when it was started. */
  let leftMs = stepMs;
  let startedAtMs = 0;

  const run = (): void => {
    if (isOff || isOver || !isRunning || timer !== undefined) return;
    startedAtMs = performance.now();
    timer = setTimeout(endStep, leftMs);
  };
  const endStep = (): void => {
    timer = undefined;
    leftMs = stepMs;
    steps += 1;
    if (steps >= STEPS_PER_WINDOW && bytesInWindow < neededBytes) {
      setImmediate(judge);
    } else {
      startWindow();
      run();
    }
  };
  const startWindow = (): void => {
    if (steps < STEPS_PER_WINDOW) return;
    steps = 0;
    bytesInWindow = 0;
  };
  const judge = (): void => {
    if (isOver) return;
    if (bytesInWindow < neededBytes) {
      isOver = true;
      onTooSlow();
    } else {
      startWindow();
      run();
    }
  };
  const start = (): void => {
    isRunning = true;
    run();
  };
  const halt = (): void => {
    isRunning = false;
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    start,
    count(bytes) {
      bytesInWindow += bytes;
    },
    pause() {
      if (timer !== undefined) leftMs = Math.max(1, leftMs - (performance.now() - startedAtMs));
      halt();
    },
    resume: start,
    stop() {
      isOver = true;
      halt();
    },
  };
}
