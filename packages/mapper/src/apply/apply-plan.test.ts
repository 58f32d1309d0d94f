import { mkdir, readFile, rename, rmdir, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { nodeFileSystem } from '@modelkeep/io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, sha256, testModel, treeOf, type TestWorld } from '../mapper.test-world.ts';
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
const checkpoint = (name: string): string => join(world.appRoot, 'models/checkpoints', name);

describe('apply', () => {
  it('makes the links and the folders that are missing, and records them', async () => {
    const model = await world.addModel({ files: [{ name: 'a.safetensors', content: 'weights' }] });
    const made = await plan();
    const applied = await world.mapper.apply(made);
    expect(applied).toMatchObject({
      planId: made.id,
      app: 'comfyui',
      appRoot: world.appRoot,
      counts: { created: 1, conflict: 0, failed: 0 },
    });
    expect(await treeOf(world.appRoot)).toEqual({
      custom_nodes: '/',
      models: '/',
      'models/checkpoints': '/',
      'models/checkpoints/a.safetensors': `-> ${join(model.folder, 'a.safetensors')}`,
    });
    expect(await readFile(checkpoint('a.safetensors'), 'utf8')).toBe('weights');
    expect(await world.mapper.linksOf(model.record.id)).toEqual([
      {
        target: checkpoint('a.safetensors'),
        source: join(model.folder, 'a.safetensors'),
        previousSource: null,
        modelId: model.record.id,
        slug: model.record.slug,
        fileSha256: sha256('weights'),
        app: 'comfyui',
        appRoot: world.appRoot,
        folder: 'models/checkpoints',
        planId: made.id,
        runId: applied.id,
        strategy: 'symlink',
        mark: null,
        content: null,
        previous: null,
        leadsTo: 'file',
        state: 'done',
        createdAt: expect.stringMatching(/^\d{4}-/),
      },
    ]);
  });

  it('changes nothing the second time, neither on the disk nor in the database', async () => {
    for (const type of ['checkpoint', 'lora', 'vae'] as const) await world.addModel({ type });
    await world.mapper.apply(await plan());
    const folders = ['', '/checkpoints', '/loras', '/vae'].map((name) => join(world.appRoot, `models${name}`));
    const times = (): Promise<number[]> => Promise.all(folders.map(async (folder) => (await stat(folder)).ctimeMs));
    const version = async () =>
      (await world.database.all<{ changes: number }>('select total_changes() as changes'))[0]?.changes;
    const [tree, before, changes] = [await treeOf(world.appRoot), await times(), await version()];

    const again = await plan();
    expect(again.entries.map(({ action }) => action)).toEqual(['keep', 'keep', 'keep']);
    expect((await world.mapper.apply(again)).counts).toMatchObject({ kept: 3, created: 0, removed: 0 });
    expect([await treeOf(world.appRoot), await times(), await version()]).toEqual([tree, before, changes]);
  });

  it('changes nothing when the first plan is applied again', async () => {
    await world.addModel({});
    const made = await plan();
    await world.mapper.apply(made);
    const tree = await treeOf(world.appRoot);
    expect(outcomes(await world.mapper.apply(made))).toEqual([['kept', null]]);
    expect(await treeOf(world.appRoot)).toEqual(tree);
  });

  it('touches one link for one new model', async () => {
    await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await world.mapper.apply(await plan());
    await world.addModel({ files: [{ name: 'b.safetensors' }] });
    expect((await world.mapper.apply(await plan())).counts).toMatchObject({ kept: 1, created: 1 });
  });

  it('replaces its own link when the model is elsewhere now', async () => {
    const model = await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await world.mapper.apply(await plan());
    const folder = join(world.libraryRoot, 'moved');
    await rename(model.folder, folder);
    world.models.set(model.record.id, { record: { ...model.record, slug: 'moved' }, folder });
    expect(outcomes(await world.mapper.apply(await plan()))).toEqual([['replaced', null]]);
    expect(await treeOf(dirname(checkpoint('x')))).toEqual({ 'a.safetensors': `-> ${join(folder, 'a.safetensors')}` });
  });

  it('removes the links of models that are gone, and the folders that it had made', async () => {
    const before = await treeOf(world.appRoot);
    const model = await world.addModel({});
    await world.mapper.apply(await plan());
    await world.removeModel(model);
    expect(outcomes(await world.mapper.apply(await plan()))).toEqual([['removed', null]]);
    expect(await treeOf(world.appRoot)).toEqual(before);
    expect(await world.mapper.check()).toEqual([]);
  });

  it('gives a name to another model in one run', async () => {
    const first = await world.addModel({ files: [{ name: 'a.safetensors', content: 'first' }] });
    await world.mapper.apply(await plan());
    await world.removeModel(first);
    const second = await world.addModel({ files: [{ name: 'a.safetensors', content: 'second' }] });
    expect(outcomes(await world.mapper.apply(await plan()))).toEqual([['replaced', null]]);
    expect(await readFile(checkpoint('a.safetensors'), 'utf8')).toBe('second');
    expect(await world.mapper.linksOf(first.record.id)).toEqual([]);
    expect(await world.mapper.linksOf(second.record.id)).toHaveLength(1);
  });

  it('changes the case of a name', async () => {
    const model = await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await world.mapper.apply(await plan());
    await rename(join(model.folder, 'a.safetensors'), join(model.folder, 'A.safetensors'));
    const files = model.record.files.map((file) => ({ ...file, name: 'A.safetensors' }));
    world.models.set(model.record.id, { ...model, record: { ...model.record, files } });
    await world.mapper.apply(await plan());
    expect(Object.keys(await treeOf(dirname(checkpoint('x'))))).toEqual(['A.safetensors']);
  });

  it('makes its link again where somebody removed it', async () => {
    await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await world.mapper.apply(await plan());
    await unlink(checkpoint('a.safetensors'));
    expect((await plan()).entries.map(({ action }) => action)).toEqual(['create']);
    expect(outcomes(await world.mapper.apply(await plan()))).toEqual([['created', null]]);
    expect((await world.mapper.check()).map(({ health }) => health)).toEqual(['ok']);
  });

  it('links in the folders that links of the user lead to', async () => {
    const other = join(world.root, 'other-drive');
    await mkdir(other);
    await symlink(other, join(world.appRoot, 'models'));
    await world.addModel({ files: [{ name: 'a.safetensors' }] });
    expect(outcomes(await world.mapper.apply(await plan()))).toEqual([['created', null]]);
    expect(Object.keys(await treeOf(other))).toEqual(['checkpoints', 'checkpoints/a.safetensors']);
    await world.mapper.unlinkAll({ app: 'comfyui', appRoot: world.appRoot });
    expect(await treeOf(other)).toEqual({});
    expect(await treeOf(world.appRoot)).toEqual({ custom_nodes: '/', models: `-> ${other}` });
  });

  it('links thousands of models, more than fit in one transaction', async () => {
    const model = testModel(world.libraryRoot, { slug: 'many', files: [{ name: '0.safetensors' }] });
    await mkdir(model.folder);
    for (let index = 0; index < 600; index += 1) {
      const name = `${index}.safetensors`;
      await writeFile(join(model.folder, name), name);
      const one = testModel(world.libraryRoot, { slug: 'many', files: [{ name }] });
      world.models.set(one.record.id, one);
    }
    expect((await world.mapper.apply(await plan())).counts).toMatchObject({ created: 600 });
    expect((await world.mapper.apply(await plan())).counts).toMatchObject({ kept: 600 });
    expect((await world.mapper.unlinkAll({ app: 'comfyui', appRoot: world.appRoot })).counts).toMatchObject({
      removed: 600,
    });
  });

  it('stops between two transactions when its signal aborts; what was done is recorded', async () => {
    for (let index = 0; index < 300; index += 1) {
      const model = testModel(world.libraryRoot, { slug: `m${index}`, files: [{ name: `${index}.safetensors` }] });
      await mkdir(model.folder);
      await writeFile(join(model.folder, `${index}.safetensors`), '');
      world.models.set(model.record.id, model);
    }
    const abort = new AbortController();
    const reason = new Error('enough');
    const mapper = world.open({
      fileSystem: { ...nodeFileSystem, symlink: async (link) => (abort.abort(reason), nodeFileSystem.symlink(link)) },
    });
    await expect(mapper.apply(await plan(), { signal: abort.signal })).rejects.toBe(reason);
    const links = await world.mapper.check();
    expect(links.map(({ health, link }) => [health, link.state])).toEqual(
      Array.from({ length: 256 }, () => ['ok', 'done']),
    );
    const run = { id: links[0]?.link.runId ?? '', app: 'comfyui', appRoot: world.appRoot };
    expect((await world.mapper.apply(await plan())).counts).toMatchObject({ kept: 256, created: 44 });
    /* The run that was cut off is taken back by what is recorded of it, and the other one's links stay. */
    expect((await world.mapper.undo(run)).counts).toMatchObject({ removed: 256, conflict: 0, failed: 0 });
    expect(await world.mapper.check()).toHaveLength(44);
  });
});

describe('the folders that were made', () => {
  it('stay when somebody uses them', async () => {
    const model = await world.addModel({});
    await world.mapper.apply(await plan());
    await writeFile(checkpoint('mine.txt'), 'mine');
    await world.removeModel(model);
    await world.mapper.apply(await plan());
    expect(Object.keys(await treeOf(join(world.appRoot, 'models')))).toEqual(['checkpoints', 'checkpoints/mine.txt']);
  });

  it('are forgotten when they became something else', async () => {
    const model = await world.addModel({});
    await world.mapper.apply(await plan());
    await world.removeModel(model);
    await unlink(checkpoint('model.safetensors'));
    await rmdir(dirname(checkpoint('x')));
    await mkdir(join(world.root, 'elsewhere'));
    await symlink(join(world.root, 'elsewhere'), dirname(checkpoint('x')));
    await world.mapper.apply(await plan());
    expect(await treeOf(join(world.appRoot, 'models'))).toEqual({ checkpoints: `-> ${join(world.root, 'elsewhere')}` });
  });
});
