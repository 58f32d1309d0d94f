/** Errors of jobs. */
export interface JobsErrorFacts {
  /** There is no such job. */
  'jobs.not-found': { readonly id: string };
  /** The worker that ran it was not heard of in time, and it was the last attempt. */
  'jobs.worker-died': { readonly id: string; readonly attempts: number };
  /** What it comes after failed. */
  'jobs.dependency-failed': { readonly id: string; readonly dependency: string };
  /** What is stored of a job cannot be read, or its payload is not of its type. */
  'jobs.bad-payload': { readonly id: string; readonly type: string; readonly reason: string };
}
