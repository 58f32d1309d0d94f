import { ModelkeepError } from '@modelkeep/core';
import { CronExpressionParser } from 'cron-parser';
import type { JobSchedule } from '../ports/schedule.ts';

const MIN_INTERVAL_MS = 1_000;
const MAX_INTERVAL_MS = 366 * 86_400_000;

/**
 * When a schedule is due next, milliseconds since 1970.
 *
 * @throws `core.invalid-argument` for an interval or an expression that is none
 */
export function nextRunAfter(every: JobSchedule['every'], nowMs: number): number {
  if (typeof every !== 'object' || every === null) throw refused('every', every);
  if ('intervalMs' in every) {
    const { intervalMs } = every;
    if (Number.isSafeInteger(intervalMs) && intervalMs >= MIN_INTERVAL_MS && intervalMs <= MAX_INTERVAL_MS) {
      return nowMs + intervalMs;
    }
    throw refused('intervalMs', intervalMs);
  }
  const { cron, timeZone } = every;
  if (!isTimeZone(timeZone)) throw refused('timeZone', timeZone);
  // The parser also takes seconds, and names such as `@secondly`.
  if (typeof cron !== 'string' || cron.length > 256 || cron.trim().split(/\s+/u).length !== 5) {
    throw refused('cron', cron);
  }
  try {
    return CronExpressionParser.parse(cron, { currentDate: new Date(nowMs), tz: timeZone })
      .next()
      .getTime();
  } catch (cause) {
    throw refused('cron', cron, cause);
  }
}

function isTimeZone(name: unknown): boolean {
  if (typeof name !== 'string') return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function refused(argument: string, found: unknown, cause?: unknown): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `a schedule needs an interval of at least a second, or a cron expression of five fields with a time zone`,
    facts: { argument, found },
    cause,
  });
}
