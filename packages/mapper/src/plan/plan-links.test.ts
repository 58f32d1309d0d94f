import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, treeOf, type TestWorld } from '../mapper.test-world.ts';
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
const onlyEntry = ({ entries }: LinkPlan): LinkPlanEntry => {
  expect(entries).toHaveLength(1);
  return entries[0] as LinkPlanEntry;
};

describe('what is in the way', () => {
  const folder = (): string => join(world.appRoot, 'models/checkpoints');
  beforeEach(async () => {
    await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await mkdir(folder(), { recursive: true });
  });
  const reasonOf = async () => {
    const { action, reason } = onlyEntry(await plan());
    return [action, reason?.code];
  };

  it('a file is a conflict', async () => {
    await writeFile(join(folder(), 'a.safetensors'), 'mine');
    expect(await reasonOf()).toEqual(['conflict', 'foreign-file']);
  });
  it('a folder is a conflict', async () => {
    await mkdir(join(folder(), 'a.safetensors'));
    expect(await reasonOf()).toEqual(['conflict', 'foreign-file']);
  });
  it('a link of others is a conflict, also when it dangles or loops', async () => {
    await symlink('/nowhere', join(folder(), 'a.safetensors'));
    expect(await reasonOf()).toEqual(['conflict', 'foreign-link']);
  });
  it('a link that leads to itself is a conflict', async () => {
    await symlink('a.safetensors', join(folder(), 'a.safetensors'));
    expect(await reasonOf()).toEqual(['conflict', 'foreign-link']);
  });
  it('a link of others that leads to the model is as good as ours', async () => {
    const [model] = world.list();
    await symlink(join(model?.folder ?? '', 'a.safetensors'), join(folder(), 'a.safetensors'));
    expect(await reasonOf()).toEqual(['keep', 'linked-by-others']);
  });
  it('a name that differs in case only is a conflict', async () => {
    await writeFile(join(folder(), 'A.safetensors'), 'mine');
    expect(await reasonOf()).toEqual(['conflict', 'case-collision']);
  });
  it('a file where a folder should be is a conflict', async () => {
    await world.addModel({ type: 'vae' });
    await writeFile(join(world.appRoot, 'models/vae'), 'mine');
    expect(places(await plan())[1]).toBe('conflict models/vae/model.safetensors');
  });
});

describe('folders that are links', () => {
  const other = (): string => join(world.root, 'other-drive');
  beforeEach(async () => {
    await world.addModel({});
    await mkdir(join(other(), 'checkpoints'), { recursive: true });
  });

  it('are followed when they lead to a folder, and the plan says so', async () => {
    await symlink(other(), join(world.appRoot, 'models'));
    const made = await plan();
    expect(onlyEntry(made)).toMatchObject({ action: 'create', target: join(other(), 'checkpoints/model.safetensors') });
    expect(made.warnings.map(({ code }) => code)).toEqual(['linked-folder']);
  });
  it.each([
    ['to nothing', 'nowhere'],
    ['to itself', 'models'],
    ['to a file', 'state.db'],
  ])('are a conflict when they lead %s', async (_case, where) => {
    await symlink(where === 'state.db' ? join(world.root, where) : where, join(world.appRoot, 'models'));
    expect(onlyEntry(await plan())).toMatchObject({ action: 'conflict', reason: { code: 'folder-unusable' } });
  });
  it('are a conflict when they lead into the library', async () => {
    await mkdir(join(world.appRoot, 'models'));
    await symlink(join(world.libraryRoot, 'diffusion'), join(world.appRoot, 'models/checkpoints'));
    expect(onlyEntry(await plan())).toMatchObject({ action: 'conflict', reason: { code: 'folder-unusable' } });
  });
});

describe('sources', () => {
  it('that are missing are not linked: a dead link helps nobody', async () => {
    const model = await world.addModel({});
    world.models.set(model.record.id, { ...model, folder: join(world.root, 'unplugged') });
    expect(places(await plan())).toEqual(['source-missing']);
  });
  it('that are missing do not cost a model its link', async () => {
    const model = await world.addModel({});
    await world.mapper.apply(await plan());
    await world.removeModel(model);
    world.models.set(model.record.id, model);
    expect(places(await plan())).toEqual(['keep models/checkpoints/model.safetensors']);
  });
  it('that are links are refused: they could lead anywhere', async () => {
    const model = await world.addModel({ files: [{ name: 'a.safetensors' }, { name: 'x.json', role: 'config' }] });
    await symlink('/etc/passwd', join(model.folder, 'b.safetensors'));
    const files = [{ ...model.record.files[0], name: 'b.safetensors' }] as typeof model.record.files;
    world.models.set(model.record.id, { ...model, record: { ...model.record, files } });
    expect(places(await plan())).toEqual(['source-not-in-library']);
  });
  it('below a folder that is a link are refused', async () => {
    const model = await world.addModel({ files: [{ name: 'sub/a.safetensors' }] });
    await mkdir(join(world.root, 'elsewhere'));
    await writeFile(join(world.root, 'elsewhere/a.safetensors'), 'not of this model');
    await symlink(join(world.root, 'elsewhere'), join(model.folder, 'link'));
    const files = model.record.files.map((file) => ({ ...file, name: 'link/a.safetensors' }));
    world.models.set(model.record.id, { ...model, record: { ...model.record, files } });
    expect(places(await plan())).toEqual(['source-not-in-library']);
  });
});

describe('a plan', () => {
  it('changes nothing, and is plain data', async () => {
    await world.addModel({});
    await world.addModel({ type: 'llm' });
    const before = await treeOf(world.root);
    const made = await plan();
    expect(await treeOf(world.root)).toEqual(before);
    expect(structuredClone(made)).toEqual(made);
    expect(JSON.parse(JSON.stringify(made))).toEqual(made);
    expect(made.counts).toEqual({ create: 1, keep: 0, replace: 0, remove: 0, conflict: 0, skipped: 1 });
  });
  it('stops when its signal aborts', async () => {
    const reason = new Error('enough');
    const request = { app: 'comfyui', appRoot: world.appRoot, models: world.list(), signal: AbortSignal.abort(reason) };
    await expect(world.mapper.planLinks(request)).rejects.toBe(reason);
  });
  it('gives the event loop its turns, and stops there when its signal aborts', async () => {
    const [model] = [await world.addModel({ type: 'llm' })];
    const abort = new AbortController();
    const reason = new Error('enough');
    setImmediate(() => abort.abort(reason));
    const models = Array.from({ length: 5000 }, () => model);
    await expect(
      world.mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, models, signal: abort.signal }),
    ).rejects.toBe(reason);
  });
});
