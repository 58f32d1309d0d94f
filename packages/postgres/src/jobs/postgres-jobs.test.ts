import { newId } from '@modelkeep/core';
import { nextRunAfter, type ClaimedJob, type JobStore } from '@modelkeep/jobs';
import { Pool } from 'pg';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openState, usePostgres } from '../postgres.test-helper.ts';

const postgres = usePostgres();
const ROUNDS = Number(process.env['MODELKEEP_ROUNDS'] ?? 10);
let address: string;
beforeAll(async () => {
  address = await postgres().createDatabase();
});

async function open(libraryId = newId()): Promise<JobStore> {
  return (await openState(address, { libraryId })).jobs;
}

async function add(jobs: JobStore, change: object = {}): Promise<string> {
  const [added] = await jobs.add([{ type: 'scan', payload: null, ...change }]);
  return added?.id ?? '';
}

function claim(jobs: JobStore, limit = 10): Promise<readonly ClaimedJob[]> {
  return jobs.claim({ workerId: 'w', leaseMs: 30_000, types: [{ type: 'scan', limit }] });
}

const run = (sql: string): Promise<unknown> => postgres().run(sql, address);
const failure = { kind: 'fail', final: true, error: { name: 'Error', message: 'no' } } as const;

describe('whose jobs they are', () => {
  test('no library sees, takes or changes those of another', async () => {
    const own = await open();
    const other = await open();
    const id = await add(own, { dedupeKey: 'a' });
    await own.schedule({ id: 'hourly', job: { type: 'scan', payload: null }, every: { intervalMs: 3_600_000 } });
    const { cursor } = await other.changesSince(null);
    await expect(other.get(id)).rejects.toMatchObject({ code: 'jobs.not-found' });
    await expect(other.add([{ type: 'scan', payload: null, after: [id] }])).rejects.toMatchObject({
      code: 'jobs.not-found',
    });
    expect([(await other.list()).jobs, await other.counts(), await other.schedules()]).toEqual([[], [], []]);
    expect(await claim(other)).toEqual([]);
    for (const wish of ['cancel', 'pause', 'resume', 'retry'] as const) expect(await other[wish]([id])).toEqual([]);
    const [claimed] = await claim(own);
    const held = { id, token: claimed?.token ?? 0 };
    expect(await other.beat([held], 1_000)).toEqual(['lost']);
    expect(await other.settle([{ ...held, outcome: failure }])).toEqual([false]);
    await own.beat(
      [{ ...held, lines: [{ at: '2026-01-02T03:04:05.000Z', level: 'info', message: 'x\0\uD800' }] }],
      1_000,
    );
    expect(await other.logs(id)).toEqual([]);
    expect(await own.logs(id)).toMatchObject([{ message: 'x\uFFFD\uFFFD' }]);
    await own.settle([{ ...held, outcome: failure }]);
    expect(await other.prune(0)).toBe(0);
    expect((await other.changesSince(cursor)).changes).toEqual([]);
    expect(await other.unschedule('hourly')).toBe(false);
    expect((await other.add([{ type: 'scan', payload: null, dedupeKey: 'a' }]))[0]?.added).toBe(true);
    expect(await own.get(id)).toMatchObject({ state: 'failed' });
  });

  test('a user without rights on them is told so', async () => {
    const jobs = await open();
    await add(jobs);
    await run(`create role jobless login password 'jobless';
      grant usage on schema modelkeep to jobless; grant all on all tables in schema modelkeep to jobless;
      revoke all on modelkeep.jobs_list from jobless`);
    const url = new URL(address);
    [url.username, url.password] = ['jobless', 'jobless'];
    const { jobs: denied } = await openState(url.href);
    const calls = [() => add(denied), () => claim(denied), () => denied.list(), () => denied.cancel([newId()])];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({ code: 'postgres.denied', facts: { sqlState: '42501' } });
    }
  });
});

describe('at the same moment', () => {
  test('what comes after a job that just ends waits for nothing that is over', async () => {
    const jobs = await open();
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = await add(jobs, { type: 'hash' });
      const between = await add(jobs, { after: [before] });
      const [claimed] = await jobs.claim({ workerId: 'w', leaseMs: 30_000, types: [{ type: 'hash', limit: 1 }] });
      const outcome = round % 2 === 0 ? ({ kind: 'complete', result: null } as const) : failure;
      const [, first, second] = await Promise.all([
        jobs.settle([{ id: before, token: claimed?.token ?? 0, outcome }]),
        add(jobs, { after: [before] }),
        add(jobs, { after: [between] }),
      ]);
      const states = await Promise.all([between, first, second].map((id) => jobs.get(id)));
      if (round % 2 === 0) expect(states.map(({ blockedBy }) => blockedBy)).toEqual([0, 0, 1]);
      else expect(states.map(({ state }) => state)).toEqual(['failed', 'failed', 'failed']);
    }
  });

  test('equal jobs of many who add them are one', async () => {
    const libraryId = newId();
    const jobs = await open(libraryId);
    const other = await open(libraryId);
    const batch = ['a', 'b', 'c'].map((dedupeKey) => ({ type: 'scan', payload: null, dedupeKey }));
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, turn) => (turn % 2 === 0 ? jobs.add(batch) : other.add(batch.toReversed()))),
    );
    expect(all.flat().filter(({ added }) => added)).toHaveLength(3);
    expect(new Set(all.flat().map(({ id }) => id)).size).toBe(3);
    const ids = all[0]?.map(({ id }) => id) ?? [];
    const wishes = await Promise.all([jobs.cancel(ids), other.cancel(ids), jobs.cancel(ids.toReversed())]);
    expect(wishes.flat()).toHaveLength(3);
    const again = await Promise.all([jobs.retry(ids), other.retry(ids.toReversed()), jobs.retry(ids)]);
    expect(again.flat().toSorted()).toEqual(ids.toSorted());
    const [twin] = await jobs.add([{ type: 'scan', payload: null, dedupeKey: 'd' }]);
    await jobs.cancel([twin?.id ?? '']);
    const waits = await add(jobs, { dedupeKey: 'd' });
    expect(await jobs.retry([twin?.id ?? ''])).toEqual([]);
    expect(await jobs.get(waits)).toMatchObject({ state: 'pending' });
  });

  test('a machine whose clock is wrong takes nothing from another, begins nothing before its time, and forgets nothing', async () => {
    const libraryId = newId();
    const right = await open(libraryId);
    const wrong = await open(libraryId);
    const id = await add(right);
    expect(await claim(right)).toHaveLength(1);
    const hourly = { job: { type: 'scan', payload: null }, every: { intervalMs: 3_600_000 } };
    const { nextAt } = await right.schedule({ id: 'before', ...hourly });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect(await claim(wrong)).toEqual([]);
    expect(await right.get(id)).toMatchObject({ state: 'running', attempts: 1 });
    expect(await wrong.runSchedules()).toEqual([]);
    const later = await wrong.schedule({ id: 'later', ...hourly });
    expect(Date.parse(later.nextAt) - Date.parse(nextAt)).toBeLessThan(3_600_000);
    expect((await wrong.schedules()).map((one) => one.nextAt)).toEqual([nextAt, later.nextAt]);
    await right.cancel([await add(right, { type: 'hash' })]);
    expect(await wrong.prune(3_600_000)).toBe(0);
    expect(await wrong.prune(0)).toBe(1);
  });
});

describe('what was damaged by hand', () => {
  test('a job fails alone, and numbers beyond what can be keep nothing back', async () => {
    const jobs = await open();
    const [bad, odd, good] = [await add(jobs), await add(jobs), await add(jobs)];
    await run(`update modelkeep.jobs_list set payload = '{"a', progress = 'x', after = '{}', waiting = '[',
        created_at_ms = 'NaN', error = '{' where id = '${bad}';
      update modelkeep.jobs_list set token = 9223372036854775807, attempts = 2147483647, backoff_ms = 'infinity',
        max_attempts = -5, created_at_ms = 'infinity', run_at_ms = '-infinity' where id = '${odd}'`);
    const claimed = await claim(jobs);
    expect(claimed.map(({ job }) => job.id)).toEqual([odd, good]);
    expect(await jobs.get(bad)).toMatchObject({
      state: 'failed',
      payload: null,
      progress: null,
      after: [],
      error: { code: 'jobs.bad-payload' },
      createdAt: '1970-01-01T00:00:00.000Z',
    });
    const ends = claimed.map(({ job: { id }, token }) => ({ id, token, outcome: failure }));
    expect(await jobs.settle(ends)).toEqual([true, true]);
    expect((await jobs.list()).jobs).toHaveLength(3);
  });

  test('a schedule is left out, and the others run', async () => {
    const jobs = await open();
    const job = { type: 'scan', payload: null };
    const every = { intervalMs: 1_000 };
    for (const id of ['broken', 'strange', 'good']) await jobs.schedule({ id, job, every });
    await run(`update modelkeep.jobs_schedules set next_at_ms = 0 where id in ('broken', 'strange', 'good');
      update modelkeep.jobs_schedules set every = 'null' where id = 'broken';
      update modelkeep.jobs_schedules set job = '{"type":"../x"}' where id = 'strange'`);
    expect((await jobs.schedules()).map(({ id }) => id)).toEqual(['good']);
    const before = Date.now();
    expect(await jobs.runSchedules()).toHaveLength(1);
    const [schedule] = await jobs.schedules();
    expect(Date.parse(schedule?.nextAt ?? '')).toBeGreaterThanOrEqual(nextRunAfter(every, before));
    expect(await jobs.get(schedule?.lastJobId ?? '')).toMatchObject({ dedupeKey: 'schedule:good' });
  });

  test('ids that no store gives name no job', async () => {
    const jobs = await open();
    for (const id of ['', 'a\0', "'", 'x'.repeat(100)]) {
      await expect(jobs.get(id)).rejects.toMatchObject({ code: 'jobs.not-found' });
      await expect(jobs.add([{ type: 'scan', payload: null, after: [id] }])).rejects.toMatchObject({
        code: id === '' || id.length > 64 ? 'core.invalid-argument' : 'jobs.not-found',
      });
      expect([await jobs.cancel([id]), await jobs.logs(id), await jobs.unschedule(id)]).toEqual([[], [], false]);
      expect(await jobs.beat([{ id, token: 1 }], 1_000)).toEqual(['lost']);
      expect(await jobs.settle([{ id, token: 1, outcome: failure }])).toEqual([false]);
    }
    for (const dedupeKey of ['a\0', '\uD800']) {
      await expect(add(jobs, { dedupeKey })).rejects.toMatchObject({ code: 'core.invalid-argument' });
    }
  });
});

describe('changes', () => {
  test('a cursor older than what is kept says resync', async () => {
    const libraryId = newId();
    const jobs = await open(libraryId);
    const { cursor } = await jobs.changesSince(null);
    await add(jobs);
    expect(await jobs.changesSince(cursor)).toMatchObject({ resync: false, changes: [{ state: 'pending' }] });
    await run(`insert into modelkeep.jobs_changes (library_id, job_id, type, state, at_ms)
      select 'busy', 'x', 'scan', 'pending', 0 from generate_series(1, 50010)`);
    await open();
    expect(await jobs.changesSince(cursor)).toMatchObject({ resync: true, changes: [] });
    const { cursor: next } = await jobs.changesSince(null);
    // As after a dump was restored on a server with a shorter history.
    await run(
      `update modelkeep.jobs_changes set xid = '999999999' where seq = (select max(seq) from modelkeep.jobs_changes)`,
    );
    await open();
    expect(await jobs.changesSince(next)).toMatchObject({ resync: true });
  });

  test('who watches is told when the jobs are closed', async () => {
    const jobs = await open();
    const pages = jobs.watch()[Symbol.asyncIterator]();
    expect((await pages.next()).value).toMatchObject({ resync: true });
    const ended = expect(pages.next()).rejects.toMatchObject({ code: 'core.closed' });
    await jobs.close();
    await ended;
    expect(() => jobs.watch()).toThrow('were closed');
  });
});

test('where nothing can be prepared (a PgBouncer that pools transactions) it goes on without', async () => {
  const pool = new Pool({ connectionString: address, max: 1 });
  onTestFinished(() => pool.end());
  const { jobs } = await openState('', { connectionString: undefined, pool });
  await add(jobs);
  await pool.query('deallocate all');
  await add(jobs);
  const claimed = await claim(jobs);
  expect(claimed).toHaveLength(2);
  const names = await pool.query('select name from pg_prepared_statements');
  expect(names.rows).toEqual([]);
});
