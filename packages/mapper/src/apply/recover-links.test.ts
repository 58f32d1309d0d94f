import { mkdir, readFile, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, treeOf, type TestWorld } from '../mapper.test-world.ts';
import type { MappableModel } from '../plan/mappable-model.ts';
import { appProfiles } from '../profiles/app-profiles.ts';
import { temporaryLinkName } from './temporary-link.ts';

let world: TestWorld;
let model: MappableModel;
let source: string;
let target: string;
beforeEach(async () => {
  world = await createWorld();
  model = await world.addModel({ files: [{ name: 'a.safetensors' }] });
  source = join(model.folder, 'a.safetensors');
  target = join(world.appRoot, 'models/checkpoints/a.safetensors');
  await world.mapper.apply(
    await world.mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, models: world.list() }),
  );
});
afterEach(() => world.close());

/** What a process leaves that ends between the two transactions. */
const interrupt = (state: 'pending' | 'removing', previousSource: string | null = null) =>
  world.database.run('update mapper_links set state = ?, previous_source = ?', [state, previousSource]);
const recovered = async () =>
  (await world.mapper.recover()).map(({ outcome, reason, error }) => [outcome, reason?.code ?? error?.code ?? null]);
const recorded = async () => (await world.mapper.check()).map(({ link, health }) => [link.state, health]);

describe('a pending link', () => {
  it('that is there as recorded is done', async () => {
    await interrupt('pending');
    expect(await recovered()).toEqual([['created', null]]);
    expect(await recorded()).toEqual([['done', 'ok']]);
    expect(await recovered()).toEqual([]);
  });
  it('that is absent is made, with its folder', async () => {
    await interrupt('pending');
    await rm(join(world.appRoot, 'models'), { recursive: true });
    expect(await recovered()).toEqual([['created', null]]);
    expect(await recorded()).toEqual([['done', 'ok']]);
  });
  it('that was to replace the recorded one takes its place, and what was left on the way goes', async () => {
    const [link] = await world.mapper.linksOf(model.record.id);
    await interrupt('pending', '/old/a.safetensors');
    await unlink(target);
    await symlink('/old/a.safetensors', target);
    await symlink(source, temporaryLinkName(target, link?.runId ?? ''));
    expect(await recovered()).toEqual([['created', null]]);
    expect(await treeOf(join(world.appRoot, 'models'))).toEqual({
      checkpoints: '/',
      'checkpoints/a.safetensors': `-> ${source}`,
    });
    expect(await recorded()).toEqual([['done', 'ok']]);
  });
  it.each<[string, () => Promise<void>, string]>([
    ['a file', () => writeFile(target, 'mine'), 'foreign-file'],
    ['a folder', () => mkdir(target), 'foreign-file'],
    ['another link', () => symlink('/elsewhere', target), 'foreign-link'],
  ])('is given up where %s is now, which stays', async (_case, make, code) => {
    await interrupt('pending');
    await unlink(target);
    await make();
    const tree = await treeOf(world.appRoot);
    expect(await recovered()).toEqual([['conflict', code]]);
    expect(await treeOf(world.appRoot)).toEqual(tree);
    expect(await recorded()).toEqual([]);
  });
  it('is finished by the next run, too', async () => {
    await interrupt('pending');
    await unlink(target);
    const plan = await world.mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, models: world.list() });
    await world.mapper.apply(plan);
    expect(await recorded()).toEqual([['done', 'ok']]);
  });
});

describe('a link that was being removed', () => {
  it('is removed when it is there as recorded', async () => {
    await interrupt('removing');
    expect(await recovered()).toEqual([['removed', null]]);
    expect(await treeOf(world.appRoot)).toEqual({ custom_nodes: '/' });
  });
  it('is forgotten when it is gone', async () => {
    await interrupt('removing');
    await unlink(target);
    expect(await recovered()).toEqual([['removed', null]]);
    expect(await recorded()).toEqual([]);
  });
  it('is given up when something else is there', async () => {
    await interrupt('removing');
    await unlink(target);
    await writeFile(target, 'mine');
    expect(await recovered()).toEqual([['conflict', 'foreign-file']]);
    expect(await readFile(target, 'utf8')).toBe('mine');
  });
});

describe('what cannot be decided now', () => {
  it('waits while the folder of the app is not there', async () => {
    await interrupt('pending');
    await rename(world.appRoot, join(world.root, 'unplugged'));
    expect(await recovered()).toEqual([]);
    await rename(join(world.root, 'unplugged'), world.appRoot);
    expect(await recovered()).toEqual([['created', null]]);
  });
  it('waits for the profile of the app', async () => {
    await interrupt('pending');
    expect((await world.open({ profiles: [] }).recover()).map(({ error }) => error?.code)).toEqual([
      'mapper.unknown-app',
    ]);
    expect(await recovered()).toEqual([['created', null]]);
  });
  it('waits for other apps and folders when only one is asked for', async () => {
    await interrupt('pending');
    expect(await world.mapper.recover({ app: 'other' })).toEqual([]);
    expect(await world.mapper.recover({ app: 'comfyui', appRoot: world.appRoot })).toHaveLength(1);
  });
});

describe('a database that comes from elsewhere', () => {
  it.each<[string, () => Record<string, string>, string]>([
    ['outside of the app', () => ({ target: join(world.root, 'autostart') }), 'folder-moved'],
    [
      'in a folder that is not for models',
      () => ({ target: join(world.appRoot, 'custom_nodes/x.py'), folder: 'custom_nodes' }),
      'folder-unusable',
    ],
    ['upwards', () => ({ target: join(world.root, 'x'), folder: 'models/checkpoints/../../..' }), 'folder-unusable'],
  ])('makes no links %s', async (_case, change, code) => {
    await unlink(target);
    await interrupt('pending');
    for (const [column, value] of Object.entries(change()))
      await world.database.run(`update mapper_links set ${column} = ?`, [value]);
    const tree = await treeOf(world.root);
    expect(await recovered()).toEqual([['conflict', code]]);
    const withoutMadeFolders = Object.entries(await treeOf(world.root)).filter(([, what]) => what.startsWith('->'));
    expect(withoutMadeFolders).toEqual(Object.entries(tree).filter(([, what]) => what.startsWith('->')));
  });

  it('removes no file, and no link that leads elsewhere', async () => {
    await writeFile(join(world.root, 'precious'), 'mine');
    await interrupt('removing');
    await world.database.run('update mapper_links set target = ?', [join(world.root, 'precious')]);
    expect(await recovered()).toEqual([['conflict', 'foreign-file']]);
    expect(await readFile(join(world.root, 'precious'), 'utf8')).toBe('mine');
  });

  it('is not asked for a profile that does not know the folder any more', async () => {
    const [comfyui] = appProfiles;
    const rules = (comfyui?.rules ?? []).filter(({ types }) => !types.includes('checkpoint'));
    await unlink(target);
    await interrupt('pending');
    const profile = { ...(comfyui as NonNullable<typeof comfyui>), rules, otherWays: [], configFiles: [] };
    const mapper = world.open({ profiles: [profile] });
    expect((await mapper.recover()).map(({ reason }) => reason?.code)).toEqual(['folder-unusable']);
  });
});
