import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createSqliteServers, serversMigrations } from '@modelkeep/fleet';
import { createSqlite } from '@modelkeep/sqlite';
import { buildFluxLora, startHub } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import { pickServer, type RequirementsAnswer } from '../index.ts';

const lora = (fillSeed: number): Uint8Array => buildFluxLora({ scale: 0.02, fillSeed });
const whoIsReady = ({ servers }: RequirementsAnswer): string[] =>
  servers.filter(({ ready }) => ready).map(({ server }) => server.id);

it('a library tells what it has, by hash, repo file and path, and what it has not any more', async () => {
  await using folder = await tempFolder();
  const files = ['a', 'b'].map((name, seed) => ({ path: `${name}.safetensors`, content: lora(seed) }));
  await using hub = await startHub({ repos: [{ id: 'acme/two', files }] });
  const root = folder.join('library');
  await using library = await openWorkspace({ root, hub: { endpoint: hub.hubUrl } });
  const { models } = await library.download(await library.planDownload('hf:acme/two')).result;
  const { servers } = library;
  expect(await servers.syncInventory()).toMatchObject({ changed: true, items: 2, appeared: 2 });
  expect(await servers.syncInventory()).toMatchObject({ changed: false, items: 2 });
  const check = async (...wanted: string[]): Promise<string[]> =>
    whoIsReady(await servers.checkRequirements({ models: wanted }));
  const sha256 = models[0]?.files.find(({ role }) => role === 'weights')?.sha256 ?? '';
  for (const model of [
    sha256,
    'hf:acme/two/a.safetensors',
    'hf:Acme/Two@main/b.safetensors',
    'D:\\x\\a\\a.safetensors',
    'b.safetensors',
  ]) {
    expect(await check(model), model).toEqual([servers.ownId]);
  }
  expect(await check('hf:acme/two/a.safetensors@other')).toEqual([]);
  const [held] = await servers.whereIs([sha256]);
  expect((await readFile(held?.path ?? '')).byteLength).toBe(models[0]?.sizeBytes);

  await servers.syncInventory({ corrupt: [sha256] });
  expect(await check(sha256)).toEqual([]);
  expect(await servers.syncInventory()).toMatchObject({ changed: false });
  await servers.syncInventory({ corrupt: [] });
  await library.evict({ freeBytes: 1, models: [models[0]?.id ?? ''] }).result;
  expect(await servers.syncInventory()).toMatchObject({ items: 1, vanished: 1 });
  // It stays known, with what fetching it takes.
  const { ranked } = pickServer(await servers.checkRequirements({ models: [sha256] }));
  expect(ranked[0]).toMatchObject({ ready: false, bytesToFetch: models[0]?.sizeBytes });
  await library.delete(models[1]?.id ?? '');
  expect(await servers.syncInventory()).toMatchObject({ items: 0 });
  expect((await servers.contents()).map(({ copies }) => copies)).toEqual([0, 0]);
});

it('two libraries share a store: who serves is heard of, and what changes there is told', async () => {
  await using folder = await tempFolder();
  await using sqlite = createSqlite({ size: 2 });
  const database = await sqlite.open({ path: folder.join('fleet.db'), migrations: [serversMigrations] });
  const store = createSqliteServers({ database });
  const open = (serverId: string): ReturnType<typeof openWorkspace> =>
    openWorkspace({ root: folder.join(serverId), servers: { serverId, store } });
  await using one = await open('one');
  await using other = await open('other');
  await writeFile(folder.join('line.safetensors'), lora(1));
  {
    await using serving = await one.servers.serve({
      registration: { capacity: { slots: 2 } },
      heartbeatMs: 10,
      load: () => ({ running: 1, queued: 0 }),
    });
    expect(serving.serverId).toBe('one');
    await using tracked = await other.servers.trackRequirements({ jobId: 'job', models: ['line.safetensors'] });
    const seen = tracked[Symbol.asyncIterator]();
    await seen.next();
    await one.import(folder.join('line.safetensors')).result;
    const next = await seen.next();
    expect(next.done === true ? [] : whoIsReady(next.value)).toEqual(['one']);
    const busy = async (): Promise<number> => (await store.get('one')).load.running;
    while ((await busy()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(await store.get('one')).toMatchObject({ capacity: { slots: 2 }, silent: false });
});

it('a schedule tells the inventory and scans a folder again and again', async () => {
  await using folder = await tempFolder();
  const models = folder.join('models');
  await mkdir(models);
  await writeFile(folder.join('models', 'line.safetensors'), lora(1));
  await using library = await openWorkspace({ root: folder.join('library'), runJobs: true });
  const { jobs, servers } = library;
  const every = { intervalMs: 1_000 };
  await jobs.schedule({ id: 'scan', job: { type: 'scan', payload: { roots: [models] } }, every });
  await jobs.schedule({ id: 'tell', job: { type: 'sync-inventory', payload: {} }, every });
  const counted = async (): Promise<number> => (await servers.contents()).filter(({ copies }) => copies === 1).length;
  await expect.poll(counted, { timeout: 30_000 }).toBe(1);
  await writeFile(folder.join('models', 'other.safetensors'), lora(2));
  await expect.poll(counted, { timeout: 30_000 }).toBe(2);
  const { jobs: done } = await jobs.list({ types: ['sync-inventory'], states: ['completed'] });
  expect(done.map(({ result }) => result)).toContainEqual({ items: 2, appeared: 1, updated: 0, vanished: 0 });
  const refused = { id: 'x', job: { type: 'sync-inventory', payload: { now: true } }, every };
  await expect(jobs.schedule(refused)).rejects.toMatchObject({ code: 'core.invalid-argument' });
}, 90_000);

it('no eviction takes the last copy of the fleet, and of two at once one stays', async () => {
  await using folder = await tempFolder();
  await using sqlite = createSqlite({ size: 2 });
  const database = await sqlite.open({ path: folder.join('fleet.db'), migrations: [serversMigrations] });
  const store = createSqliteServers({ database });
  await writeFile(folder.join('line.safetensors'), lora(1));
  const open = async (serverId: string): ReturnType<typeof openWorkspace> => {
    const library = await openWorkspace({ root: folder.join(serverId), servers: { serverId, store } });
    await library.import(folder.join('line.safetensors')).result;
    await library.servers.syncInventory();
    return library;
  };
  const request = { freeBytes: 1, unfetchable: true, checkSources: false };
  await using one = await open('one');
  // Alone, it is no fleet.
  expect((await one.evict({ ...request, dryRun: true }).result).evicted).toHaveLength(1);
  await store.register({ id: 'empty' });
  expect((await one.evict({ ...request, dryRun: true }).result).stays).toMatchObject([{ why: 'last-copy' }]);
  expect((await one.evict(request).result).stays).toMatchObject([{ why: 'last-copy' }]);
  await using other = await open('other');
  const reports = await Promise.all([one.evict(request).result, other.evict(request).result]);
  expect(reports.flatMap(({ evicted }) => evicted)).toHaveLength(1);
  expect(reports.flatMap(({ stays }) => stays.map(({ why }) => why))).toEqual(['last-copy']);
  expect((await store.contents()).map(({ copies }) => copies)).toEqual([1]);
});
