import { mkdir, readlink, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createIo, linkMaker, nodeFileSystem, type FileSystem } from '@modelkeep/io';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWorld, type TestWorld } from '../mapper.test-world.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const link = (name: string): string => join(world.appRoot, 'models/checkpoints', `${name}.safetensors`);

/** A drive that is mounted elsewhere: the files of all models are in another folder. */
async function mountElsewhere(name: string): Promise<string> {
  const place = join(world.root, name);
  for (const [id, { record, folder }] of world.models) {
    const to = join(place, id);
    await mkdir(dirname(to), { recursive: true });
    await rename(folder, to);
    world.models.set(id, { record, folder: to });
  }
  return place;
}

it('leads links to other places once, and again where a process died before', async () => {
  const model = await world.addModel({ files: [{ name: 'a.safetensors' }] });
  await world.addModel({ files: [{ name: 'gone.safetensors' }] });
  await world.mapper.apply(
    await world.mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, models: world.list() }),
  );
  expect(await world.mapper.followPlaces([world.libraryRoot])).toEqual([]);
  const there = await mountElsewhere('there');
  await unlink(link('gone'));
  // The places are as they were: nobody looks at links.
  expect(await world.mapper.followPlaces([world.libraryRoot])).toEqual([]);

  const dying = world.open({
    exclusively: async () => {
      throw new Error('the process is gone');
    },
  });
  await expect(dying.followPlaces([there])).rejects.toThrow('the process is gone');
  expect(await world.mapper.followPlaces([there])).toMatchObject([{ outcome: 'replaced', target: link('a') }]);
  expect(await readlink(link('a'))).toBe(join(there, model.record.id, 'a.safetensors'));
  expect((await world.mapper.check()).map(({ health }) => health).toSorted()).toEqual(['missing', 'ok']);
  await mountElsewhere('noted');
  expect(await world.mapper.followPlaces([there, there])).toEqual([]);
});

it('makes no copy again', async () => {
  await using io = createIo({ workers: 'in-thread' });
  await world.addModel({ files: [{ name: 'a.safetensors' }] });
  /** The library counts as another drive. */
  const stat: FileSystem['stat'] = async (path) => {
    const status = await nodeFileSystem.stat(path);
    return path.startsWith(world.appRoot) ? status : { ...status, device: '1' };
  };
  const mapper = world.open({ fileSystem: { ...nodeFileSystem, stat }, maker: linkMaker(io) });
  const linking = { appIsConfined: true, allowCopy: true };
  await mapper.apply(await mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, models: world.list(), linking }));
  expect((await mapper.check()).map(({ link: { strategy }, health }) => [strategy, health])).toEqual([['copy', 'ok']]);
  const there = await mountElsewhere('there');
  expect(await mapper.followPlaces([there])).toEqual([]);
  expect((await mapper.check()).map(({ health }) => health)).toEqual(['moved']);
});

it('leads the links of an app that was away as soon as it is back, once', async () => {
  const model = await world.addModel({ files: [{ name: 'a.safetensors' }] });
  const planned = async (): Promise<unknown> =>
    world.mapper.apply(await world.mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, models: world.list() }));
  await planned();
  await world.mapper.followPlaces([world.libraryRoot]);
  const away = `${world.appRoot}.away`;
  await rename(world.appRoot, away);
  const there = await mountElsewhere('there');
  expect(await world.mapper.followPlaces([there])).toEqual([]);
  expect((await world.mapper.check()).map(({ health }) => health)).toEqual(['app-root-gone']);
  expect(await world.mapper.followPlaces([there])).toEqual([]);

  await rename(away, world.appRoot);
  expect((await world.mapper.check()).map(({ health }) => health)).toEqual(['moved']);
  expect(await world.mapper.followPlaces([there])).toMatchObject([{ outcome: 'replaced', target: link('a') }]);
  expect(await readlink(link('a'))).toBe(join(there, model.record.id, 'a.safetensors'));
  // Nothing waits any more: nobody looks at links until the places change.
  await mountElsewhere('noted');
  expect(await world.mapper.followPlaces([there])).toEqual([]);
  // And without it, the next plan of the app does it.
  await planned();
  expect((await world.mapper.check()).map(({ health }) => health)).toEqual(['ok']);
  expect(await readlink(link('a'))).toBe(join(world.root, 'noted', model.record.id, 'a.safetensors'));
});
