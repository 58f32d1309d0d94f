import { settableClock } from '@modelkeep/core';
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

it('leaves out damaged schedules, and runs the others', async () => {
  const { openDatabase } = await testJobs();
  const database = await openDatabase();
  const clock = settableClock(Date.parse('2026-05-04T10:00:00.000Z'));
  const store = createSqliteJobs({ database, clock });
  const job = { type: 'scan', payload: null };
  const damages = [
    `job = '{"type'`,
    `job = 'null'`,
    `job = '{"type":"scan","priority":"high"}'`,
    `every = 'null'`,
    `every = '{"cron":"never","timeZone":"UTC"}'`,
    `every = '[]', next_at_ms = -9223372036854775807`,
  ];
  for (const [index, damage] of damages.entries()) {
    await store.schedule({ id: `bad-${index}`, job, every: { intervalMs: 1_000 } });
    await database.run(`update jobs_schedules set ${damage} where id = ?`, [`bad-${index}`]);
  }
  await store.schedule({ id: 'good', job, every: { intervalMs: 1_000 } });
  await store.schedule({ id: 'late', job, every: { intervalMs: 1_000 } });
  await database.run(`update jobs_schedules set next_at_ms = 9223372036854775807 where id = 'late'`);
  expect((await store.schedules()).map(({ id }) => id)).toEqual(['good', 'late']);
  clock.set(clock.now() + 1_000);
  expect(await store.runSchedules()).toHaveLength(1);
});

it('reads rows whose numbers are beyond what can be', async () => {
  const { openDatabase } = await testJobs();
  const database = await openDatabase();
  const store = createSqliteJobs({ database });
  const [odd] = await store.add([{ type: 'scan', payload: 1 }]);
  const [good] = await store.add([{ type: 'scan', payload: 2 }]);
  const huge = '9223372036854775000';
  await database.run(
    `update jobs_list set priority = ${huge}, token = ${huge}, max_attempts = ${huge}, created_at_ms = ${huge},
      run_at_ms = -${huge}, ended_at_ms = -${huge}, blocked_by = 0, attempts = -${huge} where id = ?`,
    [odd?.id],
  );
  await database.run(`update jobs_changes set at_ms = ${huge}`);
  expect((await store.list()).jobs.map(({ id }) => id)).toEqual([good?.id, odd?.id]);
  const claimed = await store.claim({ workerId: 'w', leaseMs: 1_000, types: [{ type: 'scan', limit: 5 }] });
  expect(claimed.map(({ job }) => job.id)).toEqual([odd?.id, good?.id]);
  const { cursor } = await store.changesSince(null);
  const start = cursor.replace(/\d+$/u, '0');
  expect((await store.changesSince(start)).changes).toHaveLength(4);
});
