import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, sha256, type TestModel, type TestWorld } from '../mapper.test-world.ts';
import type { LinkPlan, LinkPlanEntry } from './link-plan.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const plan = (appVersion?: string): Promise<LinkPlan> =>
  world.mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, appVersion, models: world.list() });
const places = ({ entries }: LinkPlan): readonly (string | null)[] =>
  entries.map(({ action, folder, name, reason }) =>
    action === 'skipped' ? (reason?.code ?? null) : `${action} ${folder}/${name}`,
  );

describe('names', () => {
  const named = (content: string, name = 'model.safetensors'): TestModel => ({ files: [{ name, content }] });

  it('get a part of the digest when two models want the same one, also where only case differs', async () => {
    await world.addModel(named('first'));
    await world.addModel(named('second'));
    await world.addModel(named('third', 'MODEL.safetensors'));
    expect(places(await plan())).toEqual([
      'create models/checkpoints/model.safetensors',
      `create models/checkpoints/model-${sha256('second').slice(0, 8)}.safetensors`,
      `create models/checkpoints/MODEL-${sha256('third').slice(0, 8)}.safetensors`,
    ]);
  });

  it('do not depend on the order of the models', async () => {
    for (const content of ['first', 'second', 'third']) await world.addModel(named(content));
    const names = (entries: readonly LinkPlanEntry[]) => new Map(entries.map(({ modelId, name }) => [modelId, name]));
    const request = { app: 'comfyui', appRoot: world.appRoot };
    const forwards = await world.mapper.planLinks({ ...request, models: world.list() });
    const backwards = await world.mapper.planLinks({ ...request, models: world.list().toReversed() });
    expect(names(backwards.entries)).toEqual(names(forwards.entries));
  });

  it('stay with the model that is linked, whoever had the better claim', async () => {
    const first = await world.addModel(named('first'));
    const second = await world.addModel(named('second'));
    await world.mapper.apply(await plan());
    const secondName = `model-${sha256('second').slice(0, 8)}.safetensors`;
    await world.removeModel(first);
    expect(places(await plan())).toEqual([
      `keep models/checkpoints/${secondName}`,
      'remove models/checkpoints/model.safetensors',
    ]);
    await world.mapper.apply(await plan());
    await world.addModel({ ...named('older'), importedAt: '2020-01-01T00:00:00.000Z' });
    expect(new Set(places(await plan()))).toEqual(
      new Set(['create models/checkpoints/model.safetensors', `keep models/checkpoints/${secondName}`]),
    );
    expect(await world.mapper.linksOf(second.record.id)).toMatchObject([
      { target: expect.stringContaining(secondName) },
    ]);
  });

  it('end with all that a digest has, when even that is taken', async () => {
    await world.addModel(named('first'));
    const digest = sha256('second');
    for (const length of [8, 16, 64])
      await world.addModel(named(`other ${length}`, `model-${digest.slice(0, length)}.safetensors`));
    await world.addModel(named('second'));
    expect(places(await plan()).at(-1)).toBe('no-free-name');
  });

  it('are shared by models with the same content: one link is enough', async () => {
    await world.addModel(named('same'));
    await world.addModel(named('same'));
    await world.addModel(named('same', 'other-name.safetensors'));
    expect(places(await plan())).toEqual([
      'create models/checkpoints/model.safetensors',
      'create models/checkpoints/other-name.safetensors',
      'same-content',
    ]);
  });

  it('are free in every folder', async () => {
    await world.addModel({ ...named('first'), type: 'vae' });
    await world.addModel({ ...named('second'), type: 'lora' });
    expect(places(await plan())).toEqual([
      'create models/vae/model.safetensors',
      'create models/loras/model.safetensors',
    ]);
  });
});
