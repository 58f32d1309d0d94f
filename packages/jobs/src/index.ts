export type {
  ClaimedJob,
  ClaimRequest,
  JobBeat,
  JobClaim,
  JobOrder,
  JobOutcome,
  JobSettlement,
} from './ports/claim.ts';
export type { JobChange, JobChanges } from './ports/job-changes.ts';
export type {
  AddedJob,
  FollowJobsOptions,
  JobCallOptions,
  JobCount,
  JobsPage,
  JobStore,
  ListJobsOptions,
} from './ports/job-store.ts';
export { jobStates, type JobLogLine, type JobRecord, type JobState, type NewJob } from './ports/job.ts';
export type { JobSchedule, ScheduleRecord } from './ports/schedule.ts';
export { backoffAfter } from './rules/backoff.ts';
export { checkJobList } from './rules/check-job-list.ts';
export { checkNewJob, checkpointText, jsonText, type CheckedJob } from './rules/check-new-job.ts';
export { damagedEnd } from './rules/damaged-end.ts';
export { nextRunAfter } from './rules/next-run.ts';
export { noJob } from './rules/no-job.ts';
export { checkSchedule, scheduleOfRow, type CheckedSchedule, type ScheduleRow } from './rules/stored-schedule.ts';
export { createJobRunner, type JobRunner, type JobRunnerOptions } from './runner/create-job-runner.ts';
export type { JobContext, JobHandler, JobHandlers, StopReason } from './runner/job-handler.ts';
export { isoTime, jobOfRow, readJson, type JobRow } from './sqlite/job-of-row.ts';
export { createSqliteJobs, type SqliteJobsOptions } from './sqlite/create-sqlite-jobs.ts';
export { jobsMigrations } from './sqlite/jobs-migrations.ts';
export { storedInteger } from './sqlite/stored-integer.ts';
