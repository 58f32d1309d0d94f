import type { Clock } from '@modelkeep/core';
import type { JobStore } from '../ports/job-store.ts';

/** An engine that the contract of `JobStore` is tried on. */
export interface JobsHarness {
  /** Opens an empty store that is this case's own: the same one each time, each time as another process would. */
  readonly open: (options?: { readonly clock?: Clock | undefined }) => Promise<JobStore>;
}
