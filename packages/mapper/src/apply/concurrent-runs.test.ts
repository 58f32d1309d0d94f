import { mkdir, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type TestWorld } from '../mapper.test-world.ts';
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

describe('two processes at once', () => {
  it('make the same links without a conflict', async () => {
    for (let index = 0; index < 40; index += 1) await world.addModel({ files: [{ name: `${index}.safetensors` }] });
    const [first, second] = [world.open(), world.open()];
    const made = await plan();
    const runs = await Promise.all([first.apply(made), second.apply(made)]);
    for (const { counts } of runs) expect(counts).toMatchObject({ conflict: 0, failed: 0 });
    expect((await world.mapper.check()).map(({ health, link }) => [health, link.state])).toEqual(
      Array.from({ length: 40 }, () => ['ok', 'done']),
    );
  });

  it('do not take a link from each other', async () => {
    await world.addModel({ files: [{ name: 'a.safetensors' }] });
    const other = join(world.root, 'second-app');
    await mkdir(other);
    await mkdir(join(world.root, 'shared'));
    for (const appRoot of [world.appRoot, other]) await symlink(join(world.root, 'shared'), join(appRoot, 'models'));
    await world.mapper.apply(await plan());
    const shared = await world.mapper.planLinks({ app: 'comfyui', appRoot: other, models: world.list() });
    expect(shared.entries).toMatchObject([{ action: 'keep', reason: { code: 'linked-by-others' } }]);
    await unlink(join(world.root, 'shared/checkpoints/a.safetensors'));
    const again = await world.mapper.planLinks({ app: 'comfyui', appRoot: other, models: world.list() });
    expect(outcomes(await world.mapper.apply(again))).toEqual([['conflict', 'registered-elsewhere']]);
  });

  it('of two machines do not see the rows of each other', async () => {
    await world.addModel({});
    await world.mapper.apply(await plan());
    const elsewhere = world.open({ machineId: 'machine-2' });
    expect(await elsewhere.check()).toEqual([]);
    expect((await elsewhere.unlinkAll({ app: 'comfyui', appRoot: world.appRoot })).results).toEqual([]);
    expect(await world.mapper.check()).toHaveLength(1);
  });
});
