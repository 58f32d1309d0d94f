import type { Progress } from '@modelkeep/core';
import type { z } from 'zod';
import type { JobOutcome } from '../ports/claim.ts';
import type { JobLogLine } from '../ports/job.ts';

/** Why work has to stop: a person's wish, the claim is somebody else's by now, or this worker leaves. */
export type StopReason = 'cancel' | 'pause' | 'lost' | 'leave';

/** What goes with the work on one job. */
export interface JobContext {
  readonly id: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** Aborts when the work has to stop; `stopped` says why. */
  readonly signal: AbortSignal;
  readonly stopped: () => StopReason | null;
  /** Told to the store about once a second: the latest counts. */
  readonly report: (progress: Progress) => void;
  /** What was saved last, by this attempt or an earlier one; null: nothing. */
  readonly checkpoint: () => unknown;
  /**
   * Keeps something small for a later attempt, told to the store about once a second: the latest counts. What differs from
   * the last is a step forward, so that attempts count anew: save what really was reached, such as a count of bytes that
   * only grows. Null forgets it. @throws `core.invalid-argument` for what is no JSON, or longer than 64 KiB
   */
  readonly save: (checkpoint: unknown) => void;
  readonly log: (level: JobLogLine['level'], message: string) => void;
}

/** How jobs of a type are done. A job may be begun again after any step: the work has to go on from what it finds. */
export interface JobHandler<Payload = unknown, Result = unknown> {
  readonly payload: z.ZodType<Payload>;
  readonly result: z.ZodType<Result>;
  /** At once in this process. @default 2 */
  readonly concurrency?: number | undefined;
  /** Does the work. @throws anything, which is a failed attempt unless `judge` knows better */
  readonly run: (payload: Payload, context: JobContext) => Promise<Result>;
  /** What an error means where it is no failure to be tried again. @default every error is one */
  readonly judge?: ((error: unknown) => JobOutcome | null) | undefined;
}

/** The handlers of a worker, by type. */
export type JobHandlers = Readonly<Record<string, JobHandler>>;
