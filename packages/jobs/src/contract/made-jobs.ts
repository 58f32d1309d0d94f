import type { ClaimedJob } from '../ports/claim.ts';
import type { JobStore } from '../ports/job-store.ts';
import type { NewJob } from '../ports/job.ts';

/** @internal When the clocks of these cases start. */
export const START_MS: number = Date.parse('2026-05-04T10:00:00.000Z');

/** @internal */
export function madeJob(change: Partial<NewJob> = {}): NewJob {
  return { type: 'scan', payload: { roots: ['/a'] }, ...change };
}

/** @internal Adds one job. @returns its id */
export async function addOne(store: JobStore, change: Partial<NewJob> = {}): Promise<string> {
  const [added] = await store.add([madeJob(change)]);
  return added?.id ?? '';
}

/** @internal Takes what there is of the type, up to ten jobs, for ten seconds. */
export function claimAll(store: JobStore, workerId = 'w1', type = 'scan'): Promise<readonly ClaimedJob[]> {
  return store.claim({ workerId, leaseMs: 10_000, types: [{ type, limit: 10 }] });
}

/** @internal Takes one. @throws where there is none */
export async function claimOne(store: JobStore, workerId = 'w1'): Promise<ClaimedJob> {
  const [claimed] = await store.claim({ workerId, leaseMs: 10_000, types: [{ type: 'scan', limit: 1 }] });
  if (claimed === undefined) throw new Error('there is no job to take');
  return claimed;
}
