import type { Progress, SerialisedError, WaitingForUser } from '@modelkeep/core';
import type { JobRecord, JobState } from '../ports/job.ts';
import { storedInteger } from './stored-integer.ts';

/** @internal */
export interface JobRow {
  readonly id: string;
  readonly type: string;
  readonly payload: string;
  readonly state: JobState;
  readonly dedupe_key: string | null;
  readonly priority: number;
  readonly lane: string | null;
  readonly after: string;
  readonly blocked_by: number;
  readonly attempts: number;
  readonly max_attempts: number;
  readonly progress: string | null;
  readonly checkpoint: string | null;
  readonly result: string | null;
  readonly error: string | null;
  readonly waiting: string | null;
  readonly worker_id: string | null;
  readonly token: number;
  readonly seq: number;
  readonly created_at_ms: number;
  readonly run_at_ms: number;
  readonly started_at_ms: number | null;
  readonly ended_at_ms: number | null;
}

const texts = ['id', 'type', 'payload', 'state', 'dedupe_key', 'lane', 'after', 'worker_id'];
const plainData = ['progress', 'checkpoint', 'result', 'error', 'waiting'];
const integers = ['seq', 'token', 'priority', 'blocked_by', 'attempts', 'max_attempts'];
const times = ['created_at_ms', 'run_at_ms', 'started_at_ms', 'ended_at_ms'];

/** @internal The columns of a {@link JobRow}. */
export const jobColumns: string = [...texts, ...plainData, ...[...integers, ...times].map(storedInteger)].join(', ');

/** @internal JSON that was stored; undefined where it is damaged. */
export function readJson(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** @internal What cannot be read of a row is null in its record. */
export function jobOfRow(row: JobRow): JobRecord {
  const after = readJson(row.after);
  return {
    id: row.id,
    type: row.type,
    payload: readJson(row.payload) ?? null,
    state: row.state,
    dedupeKey: row.dedupe_key,
    priority: row.priority,
    lane: row.lane,
    after: Array.isArray(after) ? after.filter((id): id is string => typeof id === 'string') : [],
    blockedBy: row.blocked_by,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    progress: (readJson(row.progress) ?? null) as Progress | null,
    checkpoint: readJson(row.checkpoint) ?? null,
    result: readJson(row.result) ?? null,
    error: (readJson(row.error) ?? null) as SerialisedError | null,
    waiting: (readJson(row.waiting) ?? null) as WaitingForUser | null,
    workerId: row.worker_id,
    createdAt: isoTime(row.created_at_ms),
    runAt: isoTime(row.run_at_ms),
    startedAt: row.started_at_ms === null ? null : isoTime(row.started_at_ms),
    endedAt: row.ended_at_ms === null ? null : isoTime(row.ended_at_ms),
  };
}

/** @internal A time that a damaged row may have put out of range. */
export function isoTime(ms: number): string {
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? new Date(0).toISOString() : time.toISOString();
}
