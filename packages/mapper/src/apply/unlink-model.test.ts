import { mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, treeOf, type TestWorld } from '../mapper.test-world.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const apply = async (appRoot: string): Promise<void> => {
  await world.mapper.apply(await world.mapper.planLinks({ app: 'comfyui', appRoot, models: world.list() }));
};

describe('unlinkModel', () => {
  it('removes the links of one model in every app, and no other', async () => {
    const other = join(world.root, 'other');
    await mkdir(other);
    const first = await world.addModel({ type: 'vae', files: [{ name: 'a.safetensors' }] });
    const second = await world.addModel({ files: [{ name: 'b.safetensors' }] });
    await apply(world.appRoot);
    await apply(other);
    const { id } = first.record;
    expect(await world.mapper.linksOf(id)).toHaveLength(2);
    const { modelId, results, counts } = await world.mapper.unlinkModel(id);
    expect([modelId, results.map(({ outcome }) => outcome), counts.removed]).toEqual([id, ['removed', 'removed'], 2]);
    expect(await world.mapper.linksOf(id)).toEqual([]);
    expect(await world.mapper.linksOf(second.record.id)).toHaveLength(2);
    expect(Object.keys(await treeOf(join(other, 'models')))).toEqual(['checkpoints', 'checkpoints/b.safetensors']);
    expect((await world.mapper.unlinkModel(id)).results).toEqual([]);
  });

  it('leaves what somebody put in its place, and no longer counts it as ours', async () => {
    const { record } = await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await apply(world.appRoot);
    const place = join(world.appRoot, 'models/checkpoints/a.safetensors');
    await unlink(place);
    await writeFile(place, 'mine');
    const { results } = await world.mapper.unlinkModel(record.id);
    expect(results.map(({ outcome, reason }) => [outcome, reason?.code])).toEqual([['conflict', 'foreign-file']]);
    expect(await readFile(place, 'utf8')).toBe('mine');
    expect(await world.mapper.linksOf(record.id)).toEqual([]);
  });

  it('keeps what is recorded of an app that is not there now: its links go with its next plan', async () => {
    const { record } = await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await apply(world.appRoot);
    const away = join(world.root, 'away');
    await rename(world.appRoot, away);
    const { results } = await world.mapper.unlinkModel(record.id);
    expect(results.map(({ outcome, reason }) => [outcome, reason?.code])).toEqual([['conflict', 'app-root-gone']]);
    expect(await world.mapper.linksOf(record.id)).toHaveLength(1);
    world.models.delete(record.id);
    await rename(away, world.appRoot);
    await apply(world.appRoot);
    expect(await treeOf(world.appRoot)).toEqual({ custom_nodes: '/' });
    expect(await world.mapper.linksOf(record.id)).toEqual([]);
  });

  it('can be given up before it begins', async () => {
    const { record } = await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await apply(world.appRoot);
    const reason = new Error('enough');
    await expect(world.mapper.unlinkModel(record.id, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await world.mapper.linksOf(record.id)).toHaveLength(1);
  });
});
