import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqlite, type SqliteDatabase } from '@modelkeep/sqlite';
import { createSeededRandom } from '@modelkeep/testing';
import { expect, it, onTestFinished } from 'vitest';
import { madeItem, syncAll } from '../../contract/servers/made-items.ts';
import type { Servers } from '../servers-port.ts';
import { createSqliteServers } from './create-sqlite-servers.ts';
import { serversMigrations } from './servers-migrations.ts';

async function opener(): Promise<(steps?: number) => Promise<SqliteDatabase>> {
  const folder = await mkdtemp(join(tmpdir(), 'modelkeep-servers-'));
  const sqlite = createSqlite({ size: 4 });
  onTestFinished(async () => {
    await sqlite.close();
    await rm(folder, { recursive: true, force: true });
  });
  const { namespace, steps } = serversMigrations;
  return async (count = steps.length) =>
    sqlite.open({ path: join(folder, 'fleet.db'), migrations: [{ namespace, steps: steps.slice(0, count) }] });
}

it('looks that go on from the last one tell what a first look tells, whatever was changed, and looked at, at once', async () => {
  const open = await opener();
  const [database, other] = [await open(), await open()];
  const [looking, changing] = [createSqliteServers({ database }), createSqliteServers({ database: other })];
  const random = createSeededRandom(7);
  const change = async (servers: Servers): Promise<unknown> => {
    const id = `s${random.below(12)}`;
    switch (random.below(6)) {
      case 0:
        return servers.remove(id);
      case 1:
        return syncAll(servers, id, [madeItem(random.below(50))]);
      case 2:
        return servers.recordFetch(id, { bytes: 1 + random.below(1e8), durationMs: 5 });
      case 3:
        return servers.heartbeat(id, { running: random.below(9) });
      default:
        return servers.register({ id, labels: { zone: `z${random.below(9)}` } });
    }
  };
  for (let round = 0; round < 60; round += 1) {
    // What is no more there is no matter here.
    const all = [change(looking), looking.list(), change(changing), looking.availability([]), looking.list()];
    await Promise.allSettled(all);
    const told = await looking.list();
    expect(told).toEqual(await createSqliteServers({ database: other }).list());
    expect((await looking.availability([])).servers).toEqual(told);
  }
});

it('a file of before editions were counted is taken on, and its servers are told', async () => {
  const open = await opener();
  const before = await open(1);
  for (const id of ['b', 'a']) {
    await before.run(
      `insert into servers_list (id, name, labels, capacity, silent_after_ms, registered_at_ms, seen_at_ms, digest)
       values (?, ?, '{}', '{"slots":2}', 60000, 1, 1, '')`,
      [id, id],
    );
  }
  await before.close();
  const servers = createSqliteServers({ database: await open() });
  expect((await servers.list()).map(({ id, name, capacity }) => [id, name, capacity.slots])).toEqual([
    ['a', 'a', 2],
    ['b', 'b', 2],
  ]);
  await servers.heartbeat('a', { running: 3 });
  expect((await servers.list()).map(({ load }) => load.running)).toEqual([3, 0]);
});

it('an answer cannot be changed under the next one', async () => {
  const open = await opener();
  const servers = createSqliteServers({ database: await open() });
  await servers.register({ id: 'a', labels: { zone: 'eu' } });
  const [first] = await servers.list();
  expect(() => Object.assign(first?.labels ?? {}, { zone: 'us' })).toThrow(TypeError);
  Object.assign(first ?? {}, { name: 'another', silent: true });
  expect(await servers.list()).toMatchObject([{ name: 'a', silent: false, labels: { zone: 'eu' } }]);
});
