import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LibraryStore } from '../open-library-store.ts';
import { laterBy, openTestStore, tempFolder } from '../open-store.test-helper.ts';
import { download, lora, otherLora, vae } from '../proofs/scenes.test-helper.ts';
import { nodeFileSystem } from '@modelkeep/io';

const drive = { fileSystem: nodeFileSystem, bulkFileSystem: undefined as never };
const [LINE, VAE] = ['lora/flux1/line', 'vae/other/vae'];

interface World extends AsyncDisposable {
  readonly base: string;
  readonly root: string;
  readonly disk: string;
  open(options?: { hours?: number; machineId?: string; mode?: 'read' | 'write'; root?: string }): Promise<LibraryStore>;
}

/** A library with a model on its first volume, and an empty second one. */
async function createWorld(): Promise<World> {
  const folder = await tempFolder();
  const [root, disk] = [join(folder.path, 'library'), join(folder.path, 'disk', 'models')];
  await mkdir(join(folder.path, 'disk'));
  const world: World = {
    base: folder.path,
    root,
    disk,
    open: ({ hours = 0, machineId = 'here', mode, root: at = root } = {}) =>
      openTestStore({ root: at, clock: laterBy(hours), machineId, mode }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
  await using store = await world.open();
  await download(store, drive, { commit: 'a', files: { 'line.safetensors': lora } });
  await store.addVolume(disk, { label: 'disk' });
  return world;
}

async function placeOf(store: LibraryStore, reference: string): Promise<string> {
  return store.folderOf(await store.resolve(reference));
}

describe('the volumes of a library', () => {
  it('are listed, have labels, and are known by id wherever they are mounted', async () => {
    await using world = await createWorld();
    {
      await using store = await world.open();
      const [first, disk] = await store.volumes();
      expect(first).toMatchObject({ label: 'first', isFirst: true, isDefault: true, models: 1, state: 'online' });
      expect(disk).toMatchObject({ label: 'disk', path: world.disk, mode: 'write', models: 0, isDefault: false });
      await expect(store.addVolume(join(world.base, 'other'), { label: 'disk' })).rejects.toMatchObject({
        code: 'core.invalid-argument',
      });
      await expect(store.addVolume(join(world.disk, 'within'))).rejects.toMatchObject({ code: 'library.invalid' });
      await expect(store.changeVolume('nobody', {})).rejects.toMatchObject({ code: 'library.volume-not-found' });
      await store.move(LINE, { to: 'disk' }).result;
    }
    const moved = join(world.base, 'elsewhere');
    await rename(world.disk, moved);
    await using store = await world.open();
    expect((await store.volumes())[1]).toMatchObject({ state: 'offline', path: world.disk, models: 1, mode: null });
    await expect(store.edit(LINE, { tags: ['x'] })).rejects.toMatchObject({ code: 'library.volume-offline' });
    // Neither missing nor garbage, and a rebuild knows it still.
    expect(await store.rebuild()).toMatchObject({ problems: [] });
    expect((await store.verify()).problems).toEqual([]);
    expect(await store.collectGarbage({ graceMs: 0 }).result).toMatchObject({
      items: [{ kind: 'deleted-model' }, { kind: 'blob' }],
    });
    expect(await placeOf(store, LINE)).toBe(join(world.disk, LINE));
    await store.addVolume(moved);
    expect(await placeOf(store, LINE)).toBe(join(moved, LINE));
    expect((await store.edit(LINE, { tags: ['x'] })).tags).toEqual(['x']);
    expect(await store.verify()).toMatchObject({ models: 1, problems: [] });
  });

  it('go to another machine together', async () => {
    await using world = await createWorld();
    {
      await using store = await world.open();
      await store.move(LINE, { to: 'disk' }).result;
    }
    await using there = await tempFolder();
    await rename(world.root, join(there.path, 'library'));
    await rename(join(world.base, 'disk'), join(there.path, 'disk'));
    const root = join(there.path, 'library');
    await using store = await world.open({ root, machineId: 'there' });
    expect((await store.volumes())[1]).toMatchObject({ state: 'online', path: join(there.path, 'disk', 'models') });
    expect(await store.verify()).toMatchObject({ models: 1, problems: [] });
    const list = JSON.parse(await readFile(join(root, '.modelkeep', 'volumes.json'), 'utf8')) as {
      volumes: { paths: Record<string, string> }[];
    };
    expect(Object.keys(list.volumes[0]?.paths ?? {})).toEqual(['here', 'there']);
  });

  it('say what changed on them while they were away', async () => {
    await using world = await createWorld();
    {
      await using store = await world.open();
      await download(store, drive, { commit: 'b', files: { 'vae.safetensors': vae } });
      await store.move(LINE, { to: 'disk' }).result;
      await store.move(VAE, { to: 'disk' }).result;
    }
    const away = join(world.base, 'away');
    await rename(world.disk, away);
    await (await world.open()).close();
    await rm(join(away, VAE), { recursive: true });
    await writeFile(join(away, LINE, 'overrides.json'), '{"fields": {"tags": ["elsewhere"]}}');
    await rename(away, world.disk);
    await using store = await world.open();
    expect((await store.resolve(LINE)).tags).toEqual(['elsewhere']);
    await expect(store.resolve(VAE)).rejects.toMatchObject({ code: 'library.model-not-found' });
  });

  it('get new models by type, by default and by what they have already', async () => {
    await using world = await createWorld();
    await using store = await world.open();
    await store.changeVolume('disk', { types: ['vae'] });
    const sources = join(world.base, 'sources');
    await mkdir(sources);
    await writeFile(join(sources, 'vae.safetensors'), vae);
    await writeFile(join(sources, 'other.safetensors'), otherLora);
    await writeFile(join(sources, 'again.safetensors'), lora);
    const { models } = await store.import([join(sources, 'vae.safetensors'), join(sources, 'other.safetensors')])
      .result;
    expect(models.map(({ type, place }) => [type, place.kind === 'library' && place.volumeId !== undefined])).toEqual([
      ['vae', true],
      ['lora', false],
    ]);
    await store.changeVolume('disk', { isDefault: true });
    const again = await store.import([join(sources, 'again.safetensors')]).result;
    expect(again).toMatchObject({ bytesCopied: 0, models: [{ slug: LINE, place: { kind: 'library' } }] });
    // Content that another volume has is copied from there.
    const wanted = { sizeBytes: lora.byteLength, sha256: null, gitSha1: null };
    expect(await store.findContents([wanted])).toEqual([null]);
    await download(store, drive, { commit: 'c', files: { 'fresh.safetensors': Buffer.concat([otherLora]) } });
    await expect(store.removeVolume('disk')).rejects.toMatchObject({
      code: 'library.volume-in-use',
      facts: { models: 1 },
    });
    await store.removeVolume('disk', { withModels: true });
    await expect(store.resolve(VAE)).rejects.toMatchObject({ code: 'library.model-not-found' });
    await store.addVolume(world.disk);
    expect(await store.verify()).toMatchObject({ models: 3, problems: [] });
    await expect(store.removeVolume('first')).rejects.toMatchObject({ code: 'library.volume-in-use' });
  });

  it('keep each other’s garbage apart, and are verified and mended together', async () => {
    await using world = await createWorld();
    await using store = await world.open();
    const report = await store.move(LINE, { to: 'disk' }).result;
    expect(report).toMatchObject({
      bytesCopied: lora.byteLength,
      bytesPresent: 0,
      kept: [],
      bytesToCollect: lora.byteLength,
    });
    expect(existsSync(join(world.root, LINE))).toBe(false);
    expect(await readFile(join(world.disk, LINE, 'line.safetensors'))).toEqual(Buffer.from(lora));
    await rm(join(world.disk, LINE, 'line.safetensors'));
    const found = await store.verify();
    expect(found.problems).toMatchObject([{ slug: LINE, problem: 'missing' }]);
    expect((await store.repair(found)).repaired).toMatchObject([{ how: 'projected' }]);
    await store.close();
    await using later = await world.open({ hours: 25 });
    const { items } = await later.collectGarbage().result;
    expect(items.map(({ kind, volumeId }) => [kind, volumeId])).toEqual([
      ['deleted-model', undefined],
      ['blob', undefined],
    ]);
    const back = await later.move(LINE, { to: 'first' }).result;
    expect(back.model).toMatchObject({ slug: LINE, place: { kind: 'library' } });
    expect(await later.verify()).toMatchObject({ models: 1, problems: [] });
    expect(await later.survey()).toMatchObject({ models: 1, stale: 0 });
  });

  it('are not found by a list that somebody has written, and a list that is garbage loses none', async () => {
    await using world = await createWorld();
    const path = join(world.root, '.modelkeep', 'volumes.json');
    const list = JSON.parse(await readFile(path, 'utf8')) as { volumes: { fromFirst: string }[] };
    await writeFile(path, JSON.stringify({ ...list, volumes: [{ ...list.volumes[0], fromFirst: '/etc' }] }));
    await using store = await world.open();
    expect(await store.volumes()).toHaveLength(1);
    await store.addVolume(world.disk, { label: 'disk' });
    expect(await store.volumes()).toMatchObject([{ label: 'first' }, { label: 'disk', state: 'online' }]);
    expect(
      (await readdir(join(world.root, '.modelkeep'))).some((name) => name.startsWith('volumes.json.damaged-')),
    ).toBe(true);
  });

  it('leave a model where its folder says that it is, and give it another one on demand', async () => {
    await using world = await createWorld();
    await using store = await world.open();
    const { id } = await store.edit(LINE, { type: 'vae' });
    expect(await store.resolve(id)).toMatchObject({ slug: LINE });
    const moved = await store.relocate(id);
    expect(moved.slug).toBe('vae/flux1/line');
    expect(existsSync(join(world.root, LINE))).toBe(false);
    expect(await store.verify()).toMatchObject({ models: 1, problems: [] });
    expect(await store.relocate(id)).toEqual(moved);
    expect(await store.survey()).toMatchObject({ stale: 0 });
  });

  it('have a trash that gives a deleted model back', async () => {
    await using world = await createWorld();
    await using store = await world.open();
    const { id } = await store.edit(LINE, { tags: ['mine'] });
    await store.move(LINE, { to: 'disk' }).result;
    await store.remove(LINE);
    const [deleted] = await store.deletedModels();
    expect(deleted).toMatchObject({ id, slug: LINE, volumeId: expect.any(String) as string });
    expect(await store.undelete(LINE)).toMatchObject({ id, slug: LINE, tags: ['mine'] });
    expect(await store.verify()).toMatchObject({ models: 1, problems: [] });
    await expect(store.undelete(id)).rejects.toMatchObject({ code: 'core.invalid-argument' });
    await expect(store.undelete('nothing')).rejects.toMatchObject({ code: 'library.model-not-found' });
    await store.remove(LINE);
    // Also when the blob has been collected: the deleted model's own file is another name of it.
    const blobs = join(world.disk, 'blobs', 'sha256');
    for (const name of await readdir(blobs)) await rm(join(blobs, name));
    expect(await store.undelete(id)).toMatchObject({ slug: LINE });
    expect(await store.verify()).toMatchObject({ models: 1, problems: [] });
  });
});
