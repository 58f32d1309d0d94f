import { systemClock } from '@modelkeep/core';
import { createSqliteJobs, jobsMigrations, type NewJob } from '@modelkeep/jobs';
import { createSqlite } from '@modelkeep/sqlite';
import { expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { canAnyGoOn } from './can-any-go-on.ts';

it('sees a job that may begin behind more than a page of those that wait', async () => {
  await using folder = await tempFolder();
  await using sqlite = createSqlite();
  const database = await sqlite.open({ path: folder.join('state.db'), migrations: [jobsMigrations] });
  await using store = createSqliteJobs({ database });
  const job: NewJob = { type: 'hash', payload: {} };
  const [held, free] = (await store.add([job, job])).map(({ id }) => id);
  await store.pause([held ?? '']);
  await store.add(Array.from({ length: 1_001 }, () => ({ ...job, after: [held ?? ''] })));
  expect(await canAnyGoOn(store, systemClock)).toBe(true);
  await store.pause([free ?? '']);
  expect(await canAnyGoOn(store, systemClock)).toBe(false);
});
