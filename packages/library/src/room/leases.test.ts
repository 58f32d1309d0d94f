import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLogger, systemClock, type Clock, type Logger } from '@modelkeep/core';
import { encodeProcessIdentity, nodeFileSystem, processIdentity, type FileSystem } from '@modelkeep/io';
import { buildFluxLora, systemError } from '@modelkeep/testing';
import { expect, it, vi } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';

it('leases of processes that have ended, or that nobody has renewed for an hour, hold nothing', async () => {
  await using folder = await tempFolder();
  const root = join(folder.path, 'library');
  await writeFile(join(folder.path, 'line.safetensors'), buildFluxLora({ scale: 0.02 }));
  await using store = await openTestStore({ root });
  const [model] = (await store.import([join(folder.path, 'line.safetensors')]).result).models;
  const leases = join(root, '.modelkeep/leases');
  const whys = async (): Promise<unknown> =>
    (await store.evict({ freeBytes: 1, dryRun: true, unfetchable: true }).result).stays.map(({ why }) => why);
  const lease = await store.lease('lora/flux1/line');
  expect(await whys()).toEqual(['leased']);
  expect(await store.lastUses()).toEqual(new Map([[model?.id, expect.any(Number)]]));
  await lease.release();
  await lease.release();
  expect(await readdir(leases)).toEqual([]);

  const nameOf = (changes: object): string =>
    `${model?.id}.${encodeProcessIdentity({ ...processIdentity(), instanceId: '0123456789ab', ...changes })}.01234567`;
  const dead = nameOf({ startTime: 1 });
  const elsewhere = nameOf({ hostId: 'ffffffffffff', bootId: 'eeeeeeeeeeee' });
  await writeFile(join(leases, dead), '');
  await writeFile(join(leases, 'notes.txt'), 'mine');
  expect(await whys()).toEqual([]);
  await writeFile(join(leases, elsewhere), '');
  expect(await whys()).toEqual(['leased']);
  const old = new Date(Date.now() - 61 * 60_000);
  await utimes(join(leases, elsewhere), old, old);
  expect(await whys()).toEqual([]);
  expect(await readdir(leases)).toEqual(['notes.txt']);
  await mkdir(join(folder.path, 'empty'));
  await expect(store.lease('lora/flux1/none')).rejects.toMatchObject({ code: 'library.model-not-found' });
});

it('a lease that could not be renewed once is renewed the next time', async () => {
  await using folder = await tempFolder();
  await writeFile(join(folder.path, 'line.safetensors'), buildFluxLora({ scale: 0.02 }));
  const renewals: string[] = [];
  const warnings: string[] = [];
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    setModifiedAt: async (path, mtimeMs) => {
      renewals.push(path);
      if (renewals.length === 1) throw systemError('EIO');
      await nodeFileSystem.setModifiedAt(path, mtimeMs);
    },
  };
  const quarterOfAnHour = 15 * 60_000;
  const clock: Clock = {
    ...systemClock,
    sleep: (ms, signal) => systemClock.sleep(ms === quarterOfAnHour ? 5 : ms, signal),
  };
  const logger: Logger = { ...silentLogger, warn: (message) => void warnings.push(message) };
  await using store = await openTestStore({ root: join(folder.path, 'library'), fileSystem, clock, logger });
  await store.import([join(folder.path, 'line.safetensors')]).result;
  renewals.length = 0;
  await using lease = await store.lease('lora/flux1/line');
  await vi.waitFor(() => expect(renewals.length).toBeGreaterThan(1), { timeout: 20_000 });
  expect(warnings).toEqual(['a lease could not be renewed']);
  await lease.release();
  expect(await readdir(join(folder.path, 'library/.modelkeep/leases'))).toEqual([]);
});

it('uses are there for the next who opens the library, and are no reason to fail where they are lost', async () => {
  await using folder = await tempFolder();
  const root = join(folder.path, 'library');
  await writeFile(join(folder.path, 'line.safetensors'), buildFluxLora({ scale: 0.02 }));
  const store = await openTestStore({ root });
  const [model] = (await store.import([join(folder.path, 'line.safetensors')]).result).models;
  const id = model?.id ?? '';
  const before = Date.now();
  for (let use = 0; use < 1_000; use += 1) store.recordUse(id);
  store.recordUse('no id');
  await store.close();
  await using again = await openTestStore({ root });
  expect([...(await again.lastUses()).keys()]).toEqual([id]);
  expect((await again.lastUses()).get(id)).toBeGreaterThanOrEqual(before);
  await again.close();
  await writeFile(join(root, '.modelkeep/state.db'), 'x'.repeat(10_000));
  await using third = await openTestStore({ root });
  expect(await third.lastUses()).toEqual(new Map());
  expect((await third.evict({ freeBytes: 1, dryRun: true, unfetchable: true }).result).evicted).toHaveLength(1);
  await third.close();
  await using reader = await openTestStore({ root, mode: 'read' });
  reader.recordUse(id);
  expect(await reader.lastUses()).toEqual(new Map());
  expect((await reader.evict({ freeBytes: 1, dryRun: true, unfetchable: true }).result).evicted).toHaveLength(1);
  await expect(reader.evict({ freeBytes: 1 }).result).rejects.toMatchObject({ code: 'library.read-only' });
  await expect(reader.lease(id)).rejects.toMatchObject({ code: 'library.read-only' });
});
