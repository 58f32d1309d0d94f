import { readdir, rename } from 'node:fs/promises';
import { buildFluxLora, startHub } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';

const lora = (fillSeed: number): Uint8Array => buildFluxLora({ scale: 0.02, fillSeed });
const size = lora(1).byteLength;

/** Models a and b on the first volume, c and d on the disk; a is the least recently used, d the most. */
async function scene() {
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(await tempFolder());
  const files = ['a', 'b', 'c', 'd', 'e'].map((name, seed) => ({ path: `${name}.safetensors`, content: lora(seed) }));
  const hub = parts.use(await startHub({ repos: [{ id: 'acme/all', files }] }));
  const open = () => openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
  const library = parts.use(await open());
  await library.addVolume(folder.join('disk'), { label: 'disk' });
  const get = async (names: string, options: object) =>
    (await library.download(await library.planDownload('hf:acme/all', { include: [`[${names}].*`] }), options).result)
      .models;
  await get('ab', { volume: 'first' });
  await get('cd', { volume: 'disk' });
  for (const name of ['a', 'b', 'c', 'd']) {
    library.recordUse((await library.get(slugOf(name))).id);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const owned = parts.move();
  return { folder, hub, library, get, open, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

type Scene = Awaited<ReturnType<typeof scene>>;
const slugOf = (name: string): string => `lora/flux1/${name}`;
const nameOf = ({ slug }: { readonly slug: string }): string => slug.slice(-1);

async function evict({ library }: Scene, request: object): Promise<unknown> {
  const { evicted, stays } = await library.evict({ freeBytes: size / 2, dryRun: true, ...request }).result;
  return [evicted.map((one) => nameOf(one)).join(''), ...stays.map((one) => `${nameOf(one)} ${one.why}`)];
}

it('room is made on the volume that is named, on the one that needs it, or on all', async () => {
  await using world = await scene();
  const { library } = world;
  const onDisk = ['c', 'a other-volume', 'b other-volume', 'd not-needed'];
  expect(await evict(world, { volume: 'disk' })).toEqual(onDisk);
  expect(await evict(world, { volume: 'first' })).toEqual(['a', 'b not-needed', 'c other-volume', 'd other-volume']);
  expect(await evict(world, { volume: 'all', freeBytes: 2.5 * size })).toEqual(['abc', 'd not-needed']);
  expect(await evict(world, { models: [slugOf('d')] })).toEqual(['d']);
  await library.setQuota(3 * size, { volume: 'disk' });
  expect(await evict(world, {})).toEqual(onDisk);
  await library.setQuota(size, { volume: 'first' });
  expect(await evict(world, {})).toEqual(['a', 'b not-needed', 'c other-volume', 'd other-volume']);
  await expect(library.evict({ freeBytes: 1, volume: 'none' }).result).rejects.toMatchObject({
    code: 'library.volume-not-found',
  });

  await library.pin(slugOf('c'));
  await using lease = await library.lease(slugOf('d'));
  expect(await evict(world, { volume: 'disk' })).toEqual([
    '',
    'a other-volume',
    'b other-volume',
    'c pinned',
    'd leased',
  ]);
  await lease.release();
  const { evicted, bytesFreed } = await library.evict({ freeBytes: 1, volume: 'disk' }).result;
  expect(evicted).toMatchObject([{ slug: slugOf('d'), volumeId: expect.any(String) as string }]);
  expect(bytesFreed).toBeGreaterThanOrEqual(size);
  expect(await library.room({ volume: 'disk' })).toMatchObject({ quotaBytes: 3 * size, usedBytes: size });
  expect(await library.room()).toMatchObject({
    quotaBytes: 4 * size,
    usedBytes: 3 * size,
    volumes: [
      { label: 'first', quotaBytes: size, usedBytes: 2 * size },
      { label: 'disk', quotaBytes: 3 * size, usedBytes: size },
    ],
  });
  expect(await library.restore(slugOf('d')).result).toMatchObject({ bytesFetched: size });
  expect((await library.get(slugOf('d'))).place).toMatchObject({ volumeId: evicted[0]?.volumeId });
  expect(await library.verify().result).toMatchObject({ models: 4, problems: [] });
});

it('a download makes room on the volume that it goes to, and nowhere else', async () => {
  await using world = await scene();
  const { library, get } = world;
  await library.setQuota(2 * size, { volume: 'disk' });
  await expect(get('e', { volume: 'disk' })).rejects.toMatchObject({ code: 'library.quota-exceeded' });
  await get('e', { volume: 'disk', makeRoom: true });
  const gone = (await library.list()).filter(({ evictedAt }) => evictedAt !== undefined);
  expect(gone.map((one) => nameOf(one))).toEqual(['c']);
  // A content that only the other volume has needs room here as well: it stays where it is.
  expect((await get('a', { volume: 'disk', makeRoom: true })).map(({ place }) => place)).toEqual([{ kind: 'library' }]);
});

it('the same content on two volumes is two blobs: giving one up frees its drive', async () => {
  await using world = await scene();
  const { library, folder } = world;
  await library.delete(slugOf('a'));
  await library.download(await library.planDownload('hf:acme/all/a.safetensors'), { volume: 'disk' }).result;
  const { evicted } = await library.evict({ freeBytes: 9 * size, volume: 'disk', dryRun: true }).result;
  expect(evicted.map((one) => nameOf(one)).toSorted()).toEqual(['a', 'c', 'd']);
  expect(evicted.every(({ bytes }) => bytes >= size)).toBe(true);
  await rename(folder.join('disk'), folder.join('away'));
  await library.close();
  await using later = await world.open();
  const { stays } = await later.evict({ freeBytes: 9 * size, dryRun: true }).result;
  expect(stays.filter(({ why }) => why === 'offline').map((one) => nameOf(one))).toContain('d');
  await expect(later.evict({ freeBytes: 1, volume: 'disk' }).result).rejects.toMatchObject({
    code: 'library.volume-offline',
  });
});

it('a model is restored on its own volume, where wrong bytes stay as well', async () => {
  await using world = await scene();
  const { library, folder, hub } = world;
  await library.evict({ freeBytes: 1, models: [slugOf('d')] }).result;
  hub.faults.arm({ when: { origin: 'cdn', times: 50 }, fault: { kind: 'flip-bit', offsetBytes: size - 1 } });
  await expect(library.restore(slugOf('d')).result).rejects.toMatchObject({ code: 'transfer.integrity' });
  expect(await readdir(folder.join('disk/.modelkeep/quarantine'))).not.toEqual([]);
  expect(await readdir(folder.join('library/.modelkeep/quarantine')).catch(() => [])).toEqual([]);
  expect((await library.get(slugOf('d'))).evictedAt).toBeDefined();
  hub.faults.clear();
  expect(await library.restore(slugOf('d')).result).toMatchObject({ bytesFetched: size });
  expect(await library.verify().result).toMatchObject({ models: 4, problems: [] });
});

it('a model that was moved and is back frees what it takes, though the trash has names of its bytes', async () => {
  await using world = await scene();
  const { folder, library } = world;
  for (const to of ['disk', 'first', 'disk', 'first']) await library.move(slugOf('a'), { to }).result;
  const inTrash = async (): Promise<number> => {
    const names = await readdir(folder.join('library/.modelkeep/trash'), { recursive: true });
    return names.filter((name) => name.endsWith('a.safetensors')).length;
  };
  expect(await inTrash()).toBe(2);
  // What a person has deleted stays until the collection of garbage.
  await library.delete(slugOf('b'));
  const told = await library.evict({ freeBytes: 1, models: [slugOf('a')], dryRun: true }).result;
  expect(told).toMatchObject({ evicted: [{ slug: slugOf('a') }], stays: [] });
  expect(told.bytesFreed).toBeGreaterThanOrEqual(size);
  expect(await inTrash()).toBe(2);
  expect(await library.evict({ freeBytes: 1, models: [slugOf('a')] }).result).toEqual({ ...told, dryRun: false });
  expect(await inTrash()).toBe(0);
  expect(await library.undelete((await library.deletedModels())[0]?.id ?? '')).toMatchObject({ slug: slugOf('b') });
  expect((await library.verify().result).problems).toEqual([]);
});
