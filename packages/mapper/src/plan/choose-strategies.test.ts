import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createIo, linkMaker, nodeFileSystem, type FileSystem, type Io } from '@modelkeep/io';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWorld, treeOf, type TestWorld } from '../mapper.test-world.ts';
import type { Mapper } from '../mapper.ts';
import type { LinkPlan } from './link-plan.ts';
import type { LinkingOptions } from './choose-strategies.ts';

let world: TestWorld;
let io: Io;
beforeEach(async () => {
  world = await createWorld();
  io = createIo({ workers: 'in-thread' });
});
afterEach(async () => {
  await io.close();
  await world.close();
});

/** The library's folder counts as another drive. */
const onAnotherDrive = (): FileSystem => ({
  ...nodeFileSystem,
  stat: async (path) => {
    const status = await nodeFileSystem.stat(path);
    return path.startsWith(world.libraryRoot) ? { ...status, device: '1' } : status;
  },
});
const open = (fileSystem: FileSystem = nodeFileSystem): Mapper => world.open({ fileSystem, maker: linkMaker(io) });
const plan = (mapper: Mapper, linking?: LinkingOptions): Promise<LinkPlan> =>
  mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, models: world.list(), linking });
const waysOf = ({ entries }: LinkPlan) =>
  entries.map(({ strategies }) => strategies.filter((way) => way !== 'reflink'));

it('takes symlinks without a look at the drive, and hard links where they are refused', async () => {
  await world.addModel({});
  const planned = await plan(open());
  expect(waysOf(planned)).toEqual([['symlink', 'hardlink']]);
  expect(planned.choices).toEqual([]);
});

it('prefers what is asked for, with the reason of each way', async () => {
  await world.addModel({});
  const planned = await plan(open(), { prefer: 'hardlink' });
  expect(waysOf(planned)).toEqual([['hardlink', 'symlink']]);
  expect(planned.choices[0]).toMatchObject({ isSameDrive: true, kind: 'file' });
  expect(planned.choices[0]?.chosen).toContainEqual({ strategy: 'hardlink', reason: 'same-file' });
  expect(planned.choices[0]?.refused).toContainEqual({ strategy: 'copy', reason: 'copy-not-allowed' });
  expect(await treeOf(world.appRoot)).toEqual({ custom_nodes: '/' });
});

it('on another drive makes a symlink of it, and a copy only where that is allowed', async () => {
  await world.addModel({ files: [{ name: 'a.safetensors', content: 'the weights' }] });
  const mapper = open(onAnotherDrive());
  const planned = await plan(mapper, { prefer: 'hardlink' });
  expect(waysOf(planned)).toEqual([['symlink']]);
  expect(planned.choices[0]?.refused).toContainEqual({ strategy: 'hardlink', reason: 'another-drive' });

  const confined = await plan(mapper, { prefer: 'hardlink', appIsConfined: true });
  expect(confined.entries.map(({ action, reason }) => [action, reason?.code])).toEqual([
    ['skipped', 'no-link-possible'],
  ]);
  expect(confined.entries[0]?.reason?.message).toContain('hardlink another-drive');

  const copied = await plan(mapper, { prefer: 'hardlink', appIsConfined: true, allowCopy: true });
  expect(waysOf(copied)).toEqual([['copy']]);
  expect(copied.bytesToWrite).toBe('the weights'.length);
  expect(copied.warnings.map(({ code }) => code)).toContain('copies');
  expect((await mapper.apply(copied)).counts.created).toBe(1);
  expect((await plan(mapper, { appIsConfined: true, allowCopy: true })).counts).toMatchObject({ keep: 1, replace: 0 });
});

it('knows that a stick has no links, and tells the room that copies take', async () => {
  await world.addModel({ files: [{ name: 'a.safetensors', content: 'the weights' }] });
  const stick: FileSystem = {
    ...nodeFileSystem,
    statfs: async (path) => ({ ...(await nodeFileSystem.statfs(path)), typeId: 0x2011bab0 }),
  };
  expect((await plan(open(stick), { allowCopy: false })).counts).toMatchObject({ skipped: 1 });
  expect(await plan(open(stick), { allowCopy: true })).toMatchObject({ counts: { create: 1 }, bytesToWrite: 11 });
});

it('makes a link again that was made in a way that may no longer be used', async () => {
  await world.addModel({ files: [{ name: 'a.safetensors' }] });
  const mapper = open();
  await mapper.apply(await plan(mapper));
  const planned = await plan(mapper, { prefer: 'hardlink' });
  expect(planned.counts).toMatchObject({ replace: 1 });
  const applied = await mapper.apply(planned);
  expect(applied.counts).toMatchObject({ replaced: 1 });
  expect((await mapper.check()).map(({ link, health }) => [link.strategy, health])).toEqual([['hardlink', 'ok']]);
  expect((await plan(mapper)).counts).toMatchObject({ keep: 1 });
  await mapper.undo(applied);
  expect((await mapper.check()).map(({ link, health }) => [link.strategy, health])).toEqual([['symlink', 'ok']]);
});

it('makes a hard link again when the library has another file there now', async () => {
  const model = await world.addModel({ files: [{ name: 'a.safetensors' }] });
  const mapper = open();
  await mapper.apply(await plan(mapper, { prefer: 'hardlink' }));
  const path = join(model.folder, 'a.safetensors');
  await nodeFileSystem.unlink(path);
  await writeFile(path, 'repaired');
  expect((await mapper.check()).map(({ health }) => health)).toEqual(['stale']);
  expect((await plan(mapper)).counts).toMatchObject({ replace: 1 });
  await mapper.apply(await plan(mapper));
  expect((await mapper.check()).map(({ health }) => health)).toEqual(['ok']);
});
