import { mkdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type TestWorld } from '../mapper.test-world.ts';
import type { AppliedPlan } from '../apply/applied-plan.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const apply = async (): Promise<AppliedPlan> =>
  world.mapper.apply(await world.mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, models: world.list() }));
const checkpoint = (name: string): string => join(world.appRoot, 'models/checkpoints', name);

describe('check', () => {
  it('tells ok, broken, foreign and missing links apart', async () => {
    const models = [];
    for (const name of ['broken', 'foreign', 'missing', 'ok'])
      models.push(await world.addModel({ files: [{ name: `${name}.safetensors` }] }));
    await apply();
    await world.removeModel(models[0] as (typeof models)[0]);
    await unlink(checkpoint('foreign.safetensors'));
    await mkdir(checkpoint('foreign.safetensors'));
    await unlink(checkpoint('missing.safetensors'));
    const found = await world.mapper.check({ app: 'comfyui' });
    expect(found.map(({ link, health }) => [link.target, health])).toEqual(
      ['broken', 'foreign', 'missing', 'ok'].map((name) => [checkpoint(`${name}.safetensors`), name]),
    );
    expect(await world.mapper.check({ app: 'other' })).toEqual([]);
  });

  it('stops when its signal aborts', async () => {
    await world.addModel({});
    await apply();
    const reason = new Error('enough');
    await expect(world.mapper.check({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
