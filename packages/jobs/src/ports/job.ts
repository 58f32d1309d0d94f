import type { Progress, SerialisedError, WaitingForUser } from '@modelkeep/core';

/** The states of a job. The last three are final: only `retry` leads out of `failed` and `cancelled`. */
export const jobStates = [
  'pending',
  'running',
  'paused',
  'waiting-for-user',
  'completed',
  'failed',
  'cancelled',
] as const;

/**
 * `pending`: to be run, perhaps later (`runAt`) or after others (`blockedBy`). `paused` and `waiting-for-user`: not to be run
 * until `resume`; what was done stays.
 */
export type JobState = (typeof jobStates)[number];

/** What a job is to do, as it is given to a store. */
export interface NewJob {
  /** Lower-case letters, digits and `-`. */
  readonly type: string;
  /** Plain JSON, at most 1 MiB as text. */
  readonly payload: unknown;
  /** Equal jobs: while one of this type and key is not in a final state, it stands for the new one. @default none */
  readonly dedupeKey?: string | undefined;
  /** Higher goes first; an integer from -1,000 to 1,000. @default 0 */
  readonly priority?: number | undefined;
  /** What it keeps busy, such as a drive: a worker runs few of one lane at once. @default none */
  readonly lane?: string | undefined;
  /** Ids of jobs that have to be completed before. They have to be there. @default none */
  readonly after?: readonly string[] | undefined;
  /** How often it is tried in all. @default 3 */
  readonly maxAttempts?: number | undefined;
  /** Wait before the second attempt; doubled with each further one, up to an hour. @default 1,000 */
  readonly backoffMs?: number | undefined;
  /** Not before this time, milliseconds since 1970. @default now */
  readonly runAtMs?: number | undefined;
}

/** A job as a store knows it. A snapshot: plain data. */
export interface JobRecord {
  readonly id: string;
  readonly type: string;
  readonly payload: unknown;
  readonly state: JobState;
  readonly dedupeKey: string | null;
  readonly priority: number;
  readonly lane: string | null;
  readonly after: readonly string[];
  /** How many of `after` are not completed. */
  readonly blockedBy: number;
  /** Attempts that used up one of `maxAttempts`, since a checkpoint was last kept. */
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly progress: Progress | null;
  /** What the work has saved for a later attempt; null: nothing. */
  readonly checkpoint: unknown;
  /** What the work gave; null until it is completed. */
  readonly result: unknown;
  /** Of the last attempt that failed, without secrets. */
  readonly error: SerialisedError | null;
  /** In the state `waiting-for-user`. */
  readonly waiting: WaitingForUser | null;
  /** Who runs it. */
  readonly workerId: string | null;
  /** ISO 8601, as all times here. */
  readonly createdAt: string;
  readonly runAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

/** One line of a job's log. */
export interface JobLogLine {
  /** Grows from line to line. */
  readonly number: number;
  readonly at: string;
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
}
