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
