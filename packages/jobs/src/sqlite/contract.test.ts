import { jobsContract } from '../contract/jobs-contract.ts';
import { describe, it } from 'vitest';
import { testJobs } from '../jobs.test-helper.ts';

describe('jobs in SQLite', () => {
  for (const { title, run } of jobsContract) it(title, async () => run(await testJobs()));
});
