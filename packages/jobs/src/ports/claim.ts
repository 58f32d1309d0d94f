import type { Progress, SerialisedError, WaitingForUser } from '@modelkeep/core';
import type { JobLogLine, JobRecord } from './job.ts';

/** What a worker would like to run. */
export interface ClaimRequest {
  readonly workerId: string;
  /** At most so many of each type. */
  readonly types: readonly { readonly type: string; readonly limit: number }[];
  /** The jobs are the worker's for so long, unless it renews. */
  readonly leaseMs: number;
  /** At most `limit - taken[lane]` jobs of a lane; less than nothing is taken of one with more room. @default as many as there are */
  readonly lanes?: { readonly limit: number; readonly taken: Readonly<Record<string, number>> } | undefined;
}

/** A job that a worker holds. */
export interface ClaimedJob {
  readonly job: JobRecord;
  /** Grows with each claim of the job. Who comes with an older one has lost it. */
  readonly token: number;
}

/** Whose claim is meant. */
export interface JobClaim {
  readonly id: string;
  readonly token: number;
}

/** What a worker says of a job while it runs. */
export interface JobBeat extends JobClaim {
  /** @default as it was */
  readonly progress?: Progress | undefined;
  /**
   * What a later attempt goes on from: plain JSON, at most 64 KiB as text; null forgets it. One that differs from what is
   * kept is a step forward: the attempts before this one do not count any more. @default as it was
   */
  readonly checkpoint?: unknown;
  /** Added to its log; a store keeps the last 1,000 of a job. @default none */
  readonly lines?: readonly Omit<JobLogLine, 'number'>[] | undefined;
}

/** What a beat is told: to go on, to stop for a person's wish, or that somebody else has the job (`lost`). */
export type JobOrder = 'go-on' | 'cancel' | 'pause' | 'lost';

/**
 * How the work on a job ended. `fail`: it is tried again after its backoff unless `final`, or it was the last attempt.
 * `release`: nothing is wrong with it (the worker leaves): pending at once, and no attempt is used up. `postpone`: the
 * same, but not before `delayMs`.
 */
export type JobOutcome =
  | { readonly kind: 'complete'; readonly result: unknown }
  | { readonly kind: 'fail'; readonly error: SerialisedError; readonly final: boolean }
  | { readonly kind: 'release' }
  | { readonly kind: 'postpone'; readonly delayMs: number }
  | { readonly kind: 'pause' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'wait-for-user'; readonly waiting: WaitingForUser };

/** An end that a worker reports, with the last of progress, checkpoint and log. */
export interface JobSettlement extends JobBeat {
  readonly outcome: JobOutcome;
}
