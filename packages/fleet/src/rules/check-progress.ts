import { errorFromJSON, serialiseError, type SerialisedError } from '@modelkeep/core';
import { progressStatuses, type ProgressChange, type ProgressStatus } from '../ports/progress.ts';
import { checkBytes, checkTime, invalid } from './check-text.ts';

/** A change of progress as an engine stores it: undefined stays as it is. */
export interface StoredProgressChange {
  readonly status: ProgressStatus | undefined;
  /** Null: it follows from the bytes. */
  readonly percentage: number | null | undefined;
  readonly bytesDone: number | undefined;
  readonly bytesTotal: number | undefined;
  /** JSON; null takes it away. */
  readonly error: string | null | undefined;
  readonly startedAt: string | undefined;
}

/**
 * For engines: a change as it is stored.
 *
 * @throws `core.invalid-argument`
 */
export function checkProgress(change: ProgressChange): StoredProgressChange {
  const { status, percentage, bytesDone, bytesTotal, error, startedAt } = change;
  if (status !== undefined && !progressStatuses.includes(status)) throw invalid('no such status', 'status', status);
  if (percentage !== undefined && !(percentage >= 0 && percentage <= 100)) {
    throw invalid('a percentage is from 0 to 100', 'percentage', percentage);
  }
  const hasBytes = bytesDone !== undefined || bytesTotal !== undefined;
  return {
    status,
    percentage: percentage ?? (hasBytes ? null : undefined),
    bytesDone: bytesDone === undefined ? undefined : checkBytes(bytesDone, 'bytesDone'),
    bytesTotal: bytesTotal === undefined ? undefined : checkBytes(bytesTotal, 'bytesTotal'),
    error: error === undefined || error === null ? error : storedError(error),
    startedAt: startedAt === undefined ? undefined : checkTime(startedAt, 'startedAt'),
  };
}

/** For engines: what the percentage of an entry is. */
export function percentageOf(entry: {
  readonly status: string;
  readonly percentage: number | null;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}): number {
  if (entry.status === 'complete') return 100;
  const known = entry.percentage ?? (entry.bytesTotal > 0 ? (100 * entry.bytesDone) / entry.bytesTotal : 0);
  return Math.min(100, Math.max(0, known));
}

/** For engines: an error as JSON, its texts without credentials. */
export function storedError(error: SerialisedError): string {
  const text = JSON.stringify(serialiseError(errorFromJSON(error)));
  return text.length <= 65_536 ? text : JSON.stringify({ name: error.name, message: error.message.slice(0, 1_000) });
}

/** For engines: an error as it is read back; null for what is none. */
export function readStoredError(json: unknown): SerialisedError | null {
  if (typeof json !== 'string') return null;
  try {
    const value: unknown = JSON.parse(json);
    const isError = typeof value === 'object' && value !== null && 'name' in value && 'message' in value;
    return isError && typeof value.name === 'string' && typeof value.message === 'string'
      ? (value as SerialisedError)
      : null;
  } catch {
    // What stands there was not written by this package.
    return null;
  }
}
