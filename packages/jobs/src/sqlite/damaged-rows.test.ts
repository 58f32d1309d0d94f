import { expect, it } from 'vitest';
import { testJobs } from '../jobs.test-helper.ts';
import { createSqliteJobs } from './create-sqlite-jobs.ts';

it('fails a job whose row is damaged, and gives the others', async () => {
  const { openDatabase } = await testJobs();
  const database = await openDatabase();
  const store = createSqliteJobs({ database });
  const [bad, good] = await store.add([1, 2].map((payload) => ({ type: 'scan', payload })));
  await database.run(
    `update jobs_list set payload = '{"a', progress = 'x', after = '{}', created_at_ms = 9e15 where id = ?`,
    [bad?.id],
  );
  const claimed = await store.claim({ workerId: 'w', leaseMs: 1_000, types: [{ type: 'scan', limit: 5 }] });
  expect(claimed.map(({ job }) => job.id)).toEqual([good?.id]);
  expect(await store.get(bad?.id ?? '')).toMatchObject({
    state: 'failed',
    payload: null,
    progress: null,
    after: [],
    error: { code: 'jobs.bad-payload' },
  });
});
