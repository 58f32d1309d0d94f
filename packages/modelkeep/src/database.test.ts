import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@modelkeep/core';
import { startPostgres } from '@modelkeep/testing';
import { expect, onTestFinished, test } from 'vitest';
import { openLibrary, type Library } from './open-library.ts';
import { openShared } from './open-shared.ts';

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'modelkeep-database-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function open(options: Parameters<typeof openLibrary>[0] = {}): Promise<Library> {
  const library = await openLibrary({ root: await makeFolder(), ...options });
  onTestFinished(() => library.close());
  return library;
}

test('libraries on several machines see each other through the database', { timeout: 90_000 }, async () => {
  await using postgres = await startPostgres();
  const url = await postgres.createDatabase();
  const one = await open({ database: { url }, environment: {} });
  const other = await open({ environment: { DATABASE_URL: url } });
  const alone = await open({ database: null, environment: { DATABASE_URL: url } });
  const elsewhere = await open({ environment: { DATABASE_URL: url, MODELKEEP_DATABASE_SCHEMA: 'another' } });
  await one.servers.register({ id: 'gpu-1' });
  expect((await other.servers.list()).map(({ id }) => id)).toEqual(['gpu-1']);
  expect(await alone.servers.list()).toEqual([]);
  expect(await elsewhere.servers.list()).toEqual([]);
  for (const library of [one, other, alone, elsewhere]) await library.close();
  // Nothing of them is connected any more.
  await expect
    .poll(() => postgres.run("select 1 from pg_stat_activity where application_name = 'modelkeep'"))
    .toEqual([]);
});

test(
  'what one machine submits another one does that has the same library, and a machine with its own does not',
  { timeout: 90_000 },
  async () => {
    await using postgres = await startPostgres();
    const url = await postgres.createDatabase();
    const shared = { root: await makeFolder(), database: { url }, environment: {} };
    const submitting = await open(shared);
    const elsewhere = await open({ database: { url }, environment: {} });
    const { id } = await submitting.jobs.submit('verify', {});
    await elsewhere.jobs.run({ untilIdle: true });
    expect(await elsewhere.jobs.counts()).toEqual([]);
    expect(await submitting.jobs.get(id)).toMatchObject({ state: 'pending' });
    const states: string[] = [];
    const done = (async () => {
      for await (const { changes } of submitting.jobs.changes()) {
        states.push(...changes.map(({ state }) => state));
        if (states.includes('completed')) return;
      }
    })();
    const working = await open({ ...shared, runJobs: true });
    await done;
    expect(await submitting.jobs.get(id)).toMatchObject({ state: 'completed', attempts: 1 });
    await working.close();
    // None of it is in the queue of the one machine.
    await submitting.close();
    const alone = await open({ ...shared, database: null });
    expect(await alone.jobs.counts()).toEqual([]);
  },
);

test('a database that is not there is said, without its password; one of another kind is none of ours', async () => {
  const root = await makeFolder();
  const error: unknown = await openLibrary({
    root,
    environment: { DATABASE_URL: 'postgresql://me:hunter2@127.0.0.1:1/models' },
  }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'postgres.unavailable', facts: { url: 'postgresql://127.0.0.1:1/models' } });
  expect(JSON.stringify(error)).not.toContain('hunter2');
  await expect(openLibrary({ root, environment: { DATABASE_URL: 'postgres:/me:hunter2' } })).rejects.toMatchObject({
    code: 'core.invalid-argument',
    message: 'this is no address of a Postgres',
  });
  const library = await open({ root, environment: { DATABASE_URL: 'mysql://me:hunter2@127.0.0.1:1/shop' } });
  expect(await library.servers.list()).toEqual([]);
});

test('without the package it is said how to get it', async () => {
  const missing = Object.assign(new Error("Cannot find package '@modelkeep/postgres' imported from x"), {
    code: 'ERR_MODULE_NOT_FOUND',
  });
  const context = { libraryId: 'x', clock: systemClock, logger: silentLogger };
  const database = { url: 'postgres://127.0.0.1:1/models' };
  await expect(openShared(database, () => Promise.reject(missing))?.(context)).rejects.toMatchObject({
    code: 'core.not-installed',
    facts: { package: '@modelkeep/postgres' },
    hint: expect.stringContaining('npm install @modelkeep/postgres') as string,
  });
  const other = new Error('broken');
  await expect(openShared(database, () => Promise.reject(other))?.(context)).rejects.toBe(other);
});
