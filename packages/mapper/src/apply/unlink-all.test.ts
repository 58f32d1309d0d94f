import { mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, treeOf, type TestWorld } from '../mapper.test-world.ts';
import type { AppliedPlan, UnlinkedApp } from './applied-plan.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const apply = async (): Promise<AppliedPlan> =>
  world.mapper.apply(await world.mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, models: world.list() }));
const outcomes = ({ results }: UnlinkedApp) => results.map(({ outcome, reason }) => [outcome, reason?.code ?? null]);
const checkpoint = (name: string): string => join(world.appRoot, 'models/checkpoints', name);

describe('unlinkAll', () => {
  const unlinkAll = () => world.mapper.unlinkAll({ app: 'comfyui', appRoot: world.appRoot });

  it('removes every link of the app, and nothing else', async () => {
    const other = join(world.root, 'other');
    await mkdir(other);
    for (const type of ['checkpoint', 'vae'] as const)
      await world.addModel({ type, files: [{ name: 'a.safetensors' }] });
    await mkdir(join(world.appRoot, 'models/vae'), { recursive: true });
    await writeFile(join(world.appRoot, 'models/vae/mine.safetensors'), 'mine');
    const before = await treeOf(world.appRoot);
    await apply();
    await world.mapper.apply(await world.mapper.planLinks({ app: 'comfyui', appRoot: other, models: world.list() }));
    expect(outcomes(await unlinkAll())).toEqual([
      ['removed', null],
      ['removed', null],
    ]);
    expect(await treeOf(world.appRoot)).toEqual(before);
    expect(await world.mapper.check({ appRoot: world.appRoot })).toEqual([]);
    expect(await world.mapper.check({ appRoot: other })).toHaveLength(2);
  });

  it('leaves what is not as recorded, says so, and no longer counts it as ours', async () => {
    await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await world.addModel({ files: [{ name: 'b.safetensors' }] });
    await apply();
    await unlink(checkpoint('a.safetensors'));
    await writeFile(checkpoint('a.safetensors'), 'mine');
    await unlink(checkpoint('b.safetensors'));
    expect(outcomes(await unlinkAll())).toEqual([
      ['conflict', 'foreign-file'],
      ['removed', null],
    ]);
    expect(await readFile(checkpoint('a.safetensors'), 'utf8')).toBe('mine');
    expect(await world.mapper.check()).toEqual([]);
  });

  it('forgets the links of an app that is gone', async () => {
    await world.addModel({});
    await apply();
    await rename(world.appRoot, join(world.root, 'moved'));
    expect(outcomes(await unlinkAll())).toEqual([['removed', null]]);
    expect(await world.mapper.check()).toEqual([]);
    expect(Object.keys(await treeOf(join(world.root, 'moved/models')))).toEqual([
      'checkpoints',
      'checkpoints/model.safetensors',
    ]);
  });
});
