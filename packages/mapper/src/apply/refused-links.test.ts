import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { translateSystemError, nodeFileSystem } from '@modelkeep/io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, treeOf, type TestWorld } from '../mapper.test-world.ts';
import type { LinkPlan } from '../plan/link-plan.ts';
import type { AppliedPlan } from './applied-plan.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const plan = (): Promise<LinkPlan> =>
  world.mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, models: world.list() });
const outcomes = ({ results }: AppliedPlan) =>
  results.map(({ outcome, reason, error }) => [outcome, reason?.code ?? error?.code ?? null]);

describe('what the system refuses', () => {
  const failing = (systemCode: string) => {
    const error = Object.assign(new Error(systemCode), { code: systemCode });
    return world.open({
      fileSystem: {
        ...nodeFileSystem,
        symlink: (link) =>
          link.path.endsWith('a.safetensors') || link.path.endsWith('-tmp')
            ? Promise.reject(translateSystemError(error, { operation: 'make the symlink', path: link.path }))
            : nodeFileSystem.symlink(link),
        link: (existing, path) =>
          path.endsWith('a.safetensors') || path.endsWith('-tmp')
            ? Promise.reject(translateSystemError(error, { operation: 'make the hard link', path }))
            : nodeFileSystem.link(existing, path),
      },
    });
  };

  it.each([
    ['EPERM', 'mapper.link-refused'],
    ['EACCES', 'mapper.link-refused'],
    ['ENOSYS', 'mapper.link-refused'],
    ['ENOSPC', 'io.disk-full'],
    ['EROFS', 'io.read-only'],
    ['EIO', 'io.failed'],
  ])('%s fails one link, and the others are made', async (systemCode, code) => {
    await world.addModel({ type: 'vae', files: [{ name: 'a.safetensors' }] });
    await world.addModel({ files: [{ name: 'b.safetensors' }] });
    const applied = await failing(systemCode).apply(await plan());
    expect(outcomes(applied)).toEqual([
      ['failed', code],
      ['created', null],
    ]);
    expect(applied.results[0]?.error?.hint).toBeTypeOf('string');
    expect(Object.keys(await treeOf(join(world.appRoot, 'models')))).toEqual([
      'checkpoints',
      'checkpoints/b.safetensors',
    ]);
    expect(await world.mapper.check()).toHaveLength(1);
    expect((await world.mapper.apply(await plan())).counts).toMatchObject({ created: 1, kept: 1 });
  });

  it('leaves the old link and its record when a new one cannot take its place', async () => {
    const model = await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await world.mapper.apply(await plan());
    const before = [await treeOf(world.appRoot), await world.mapper.check()];
    world.models.set(model.record.id, { ...model, folder: join(world.libraryRoot, 'moved') });
    await rename(model.folder, join(world.libraryRoot, 'moved'));
    expect(outcomes(await failing('EPERM').apply(await plan()))).toEqual([['failed', 'mapper.link-refused']]);
    await rename(join(world.libraryRoot, 'moved'), model.folder);
    world.models.set(model.record.id, model);
    expect([await treeOf(world.appRoot), await world.mapper.check()]).toEqual(before);
  });

  it('cleans up when the rename of the new link fails', async () => {
    const model = await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await world.mapper.apply(await plan());
    const tree = await treeOf(world.appRoot);
    world.models.set(model.record.id, { ...model, folder: join(world.libraryRoot, 'moved') });
    await rename(model.folder, join(world.libraryRoot, 'moved'));
    const error = Object.assign(new Error('EIO'), { code: 'EIO' });
    const mapper = world.open({
      fileSystem: {
        ...nodeFileSystem,
        rename: (_from, path) => Promise.reject(translateSystemError(error, { operation: 'rename', path })),
      },
    });
    expect(outcomes(await mapper.apply(await plan()))).toEqual([['failed', 'io.failed']]);
    expect(await treeOf(world.appRoot)).toEqual(tree);
  });

  it('a folder that cannot be made fails its links', async () => {
    await world.addModel({});
    const error = Object.assign(new Error('EACCES'), { code: 'EACCES' });
    const mapper = world.open({
      fileSystem: {
        ...nodeFileSystem,
        mkdir: (path) => Promise.reject(translateSystemError(error, { operation: 'make the folder', path })),
      },
    });
    expect(outcomes(await mapper.apply(await plan()))).toEqual([['failed', 'io.permission']]);
    expect(await world.database.all('select * from mapper_folders')).toEqual([]);
  });
});
