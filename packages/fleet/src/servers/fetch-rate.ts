import { checkCount, refuse } from './check-text.ts';
import type { MeasuredFetch } from './servers-port.ts';

/** A fetch of this size or more counts as a whole one; small ones say little about a rate. */
const WHOLE_BYTES = 64 * 1024 * 1024;
/** What a whole fetch weighs against all before it. */
const WEIGHT = 0.3;

/** For engines. @throws `core.invalid-argument` */
export function checkFetch({ bytes, durationMs }: MeasuredFetch): { readonly rate: number; readonly weight: number } {
  checkCount('bytes', bytes, 1);
  if (!Number.isFinite(durationMs) || durationMs <= 0) refuse('durationMs', durationMs, 'use a time above 0');
  return { rate: (bytes / durationMs) * 1_000, weight: WEIGHT * Math.min(1, bytes / WHOLE_BYTES) };
}

/** For engines: The SQL that moves a rate towards a new one. */
export function rateAfter(column: string, rate: string, weight: string): string {
  return `case when ${column} is null then ${rate} else ${column} + (${rate} - ${column}) * ${weight} end`;
}
