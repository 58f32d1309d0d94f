import { systemClock, type Clock } from './clock.ts';

/** A clock that shows what it is set to; waiting takes real time. */
export interface SettableClock extends Clock {
  set(nowMs: number): void;
}

/** @param nowMs - what it shows first */
export function settableClock(nowMs: number): SettableClock {
  let shown = nowMs;
  return { ...systemClock, now: () => shown, set: (to) => void (shown = to) };
}
