import type { JobState } from './job.ts';

/** Something that happened to a job: it was added, or its state changed. Progress is not told here. */
export interface JobChange {
  readonly jobId: string;
  readonly type: string;
  readonly state: JobState;
  /** ISO 8601. */
  readonly at: string;
}

/** What happened after a cursor. */
export interface JobChanges {
  /** The oldest first. */
  readonly changes: readonly JobChange[];
  /** Where to go on. */
  readonly cursor: string;
  /** There was no cursor, or it is too old or of another store: read everything, then go on from the new one. */
  readonly resync: boolean;
}
