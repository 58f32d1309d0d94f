/** What every engine of `JobStore` does: for those who write one. */
export { jobsContract } from './jobs-contract.ts';
export type { JobsHarness } from './jobs-harness.ts';
