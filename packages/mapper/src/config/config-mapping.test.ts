import { chmod, mkdir, readFile, rename, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFileSystem } from '@modelkeep/io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createWorld, treeOf, type TestWorld } from '../mapper.test-world.ts';
import type { Mapper } from '../mapper.ts';
import type { LinkPlan } from '../plan/link-plan.ts';

let world: TestWorld;
let mapper: Mapper;
beforeEach(async () => {
  world = await createWorld();
  mapper = world.open({ viewFolder: join(world.root, 'views'), platform: 'linux' });
});
afterEach(() => world.close());

const mine = '# mine\na111:\n  base_path: /ui\n  loras: models/Lora\n';
const path = (): string => join(world.appRoot, 'extra_model_paths.yaml');
const text = async (): Promise<string> => readFile(path(), 'utf8');
const plan = (app = 'comfyui', way?: 'config' | 'links'): Promise<LinkPlan> =>
  mapper.planLinks({ app, appRoot: world.appRoot, way, models: world.list() });
const filesOf = async (): Promise<Record<string, string>> =>
  Object.fromEntries(Object.entries(await treeOf(world.root)).filter(([name]) => !name.startsWith('state.db')));
const outcomes = (files: readonly { readonly outcome: string }[]): readonly string[] =>
  files.map(({ outcome }) => outcome);

describe('ComfyUI by its config file', () => {
  beforeEach(async () => {
    await world.addModel({ type: 'lora', slug: 'lora/flux1/style', files: [{ name: 'style.safetensors' }] });
    await world.addModel({ type: 'vae', slug: 'vae/flux1/ae', files: [{ name: 'ae.safetensors' }] });
  });

  it('leads to a folder of links, changes nothing before it is applied, and goes back byte for byte', async () => {
    await writeFile(path(), mine);
    await chmod(path(), 0o640);
    const before = await filesOf();
    const planned = await plan('comfyui', 'config');
    expect(await filesOf()).toEqual(before);
    expect(planned.config?.files.map(({ action, lines }) => [action, lines.length])).toEqual([['replace', 5]]);
    const applied = await mapper.apply(planned, { appRoot: world.appRoot });
    expect(applied.counts).toMatchObject({ created: 2, conflict: 0, failed: 0 });
    expect(outcomes(applied.files)).toEqual(['replaced']);
    const view = planned.appRoot;
    expect(parse(await text())).toMatchObject({
      a111: { base_path: '/ui', loras: 'models/Lora' },
      modelkeep: { loras: join(view, 'models/loras'), vae: join(view, 'models/vae') },
    });
    expect((await text()).startsWith(mine)).toBe(true);
    expect((await stat(path())).mode & 0o777).toBe(0o640);
    expect(await readFile(join(view, 'models/loras/style.safetensors'), 'utf8')).toBe('style.safetensors');

    const again = await plan('comfyui', 'config');
    expect(again.counts).toMatchObject({ keep: 2, create: 0, replace: 0, remove: 0 });
    expect(again.config?.files.map(({ action }) => action)).toEqual(['keep']);
    expect(outcomes((await mapper.apply(again)).files)).toEqual(['kept']);

    expect(outcomes((await mapper.undo(applied)).files)).toEqual(['replaced']);
    expect(await filesOf()).toEqual(before);
    expect(await text()).toBe(mine);
  });

  it('removes a file that was made for it, and what it wrote into one that others use', async () => {
    await mapper.apply(await plan('comfyui', 'config'));
    expect(await text()).toContain('modelkeep:');
    const removed = await mapper.unlinkAll({ app: 'comfyui', appRoot: world.appRoot });
    expect([removed.counts.removed, outcomes(removed.files)]).toEqual([2, ['removed']]);
    await expect(text()).rejects.toThrow('ENOENT');

    await writeFile(path(), mine);
    await mapper.apply(await plan('comfyui', 'config'));
    await writeFile(path(), `${await text()}other:\n  vae: /v\n`);
    await mapper.unlinkAll({ app: 'comfyui', appRoot: world.appRoot });
    expect(await text()).toBe(`${mine}other:\n  vae: /v\n`);
    expect(await treeOf(join(world.root, 'views')).catch(() => ({}))).toEqual({});
  });

  it('links are made as is asked for, also where their folder is not there yet', async () => {
    const linking = { prefer: 'hardlink' } as const;
    const { appRoot } = world;
    const planned = await mapper.planLinks({ app: 'comfyui', appRoot, way: 'config', linking, models: world.list() });
    expect(planned.entries.map(({ strategies }) => strategies[0])).toEqual(['hardlink', 'hardlink']);
    expect((await mapper.apply(planned)).counts).toMatchObject({ created: 2, conflict: 0, failed: 0 });
  });

  it('a file that was changed since the plan is a conflict, and stays; a new plan does it', async () => {
    await writeFile(path(), mine);
    const planned = await plan('comfyui', 'config');
    await writeFile(path(), `${mine}# more\n`);
    const applied = await mapper.apply(planned);
    expect(outcomes(applied.files)).toEqual(['conflict']);
    expect(await text()).toBe(`${mine}# more\n`);
    expect(outcomes((await mapper.apply(await plan('comfyui', 'config'))).files)).toEqual(['replaced']);
    expect(await text()).toContain('# more\n');
  });

  it.each([
    ['apply', 'saved', `${mine}# saved now\n`],
    ['apply', 'removed', null],
    ['undo', 'saved', `${mine}# saved now\n`],
  ] as const)('%s leaves a file alone that is %s while its new text is written', async (action, _what, left) => {
    await writeFile(path(), mine);
    const applied = action === 'undo' ? await mapper.apply(await plan('comfyui', 'config')) : null;
    const saving = world.open({
      viewFolder: join(world.root, 'views'),
      fileSystem: {
        ...nodeFileSystem,
        async writeFile(at, options) {
          await nodeFileSystem.writeFile(at, options);
          if (!at.startsWith(`${world.appRoot}/.`)) return;
          await (left === null ? unlink(path()) : writeFile(path(), left));
        },
      },
    });
    const planned = await plan('comfyui', 'config');
    const { files } = applied === null ? await saving.apply(planned) : await saving.undo(applied);
    expect(outcomes(files)).toEqual(['conflict']);
    expect(await text().catch(() => null)).toBe(left);
    expect(Object.keys(await treeOf(world.appRoot)).filter((name) => name.endsWith('-tmp'))).toEqual([]);
  });

  it('an undo takes out only its own part of a file that was changed since', async () => {
    await writeFile(path(), mine);
    const applied = await mapper.apply(await plan('comfyui', 'config'));
    await writeFile(path(), (await text()).replace('# mine', '# still mine'));
    expect(outcomes((await mapper.undo(applied)).files)).toEqual(['replaced']);
    expect(await text()).toBe(mine.replace('# mine', '# still mine'));
  });

  it('follows the links: a type that is gone is no longer named, and a second run can be undone alone', async () => {
    await mapper.apply(await plan('comfyui', 'config'));
    const first = await text();
    const [, vae] = world.list();
    if (vae !== undefined) world.models.delete(vae.record.id);
    const second = await mapper.apply(await plan('comfyui', 'config'));
    expect(await text()).not.toContain('vae');
    const [last, , ...others] = await mapper.runs({ app: 'comfyui', appRoot: world.appRoot });
    expect([last, others]).toMatchObject([{ id: second.id, links: 1, files: 1 }, []]);
    const { files } = await mapper.planUndo(second);
    expect(files).toEqual([{ action: 'replace', path: path(), reason: null }]);
    await mapper.undo(last ?? second);
    expect(await text()).toBe(first);
    await writeFile(path(), mine);
    const [run] = await mapper.runs({ app: 'comfyui', appRoot: world.appRoot });
    expect((await mapper.planUndo(run ?? second)).files).toMatchObject([{ action: 'keep' }]);
  });

  it('a model that is unlinked takes its part of the file along', async () => {
    await mapper.apply(await plan('comfyui', 'config'));
    const [lora] = world.list();
    await mapper.unlinkModel(lora?.record.id ?? '');
    expect(await text()).not.toContain('loras');
    expect(await text()).toContain('vae');
  });

  it.each([
    ['a link', async () => symlink('/etc/hostname', path())],
    ['a folder', async () => mkdir(path())],
    ['no UTF-8', async () => writeFile(path(), Uint8Array.of(0xff, 0xfe, 0x00))],
    ['UTF-16 without a mark', async () => writeFile(path(), Buffer.from('a: {}\n', 'utf16le'))],
    ['too large', async () => writeFile(path(), '#'.repeat(1024 * 1024 + 1))],
    ['no YAML', async () => writeFile(path(), 'a: b: c')],
  ])('%s in its place is a conflict and stays', async (_name, make) => {
    await make();
    const planned = await plan('comfyui', 'config');
    expect(planned.config?.files.map(({ action, reason }) => [action, reason?.code])).toEqual([
      ['conflict', 'config-refused'],
    ]);
    const before = await treeOf(world.appRoot);
    expect(outcomes((await mapper.apply(planned)).files)).toEqual(['conflict']);
    expect(await treeOf(world.appRoot)).toEqual(before);
  });

  it('in an app that is reached by a link is the one of its real folder', async () => {
    const linked = join(world.root, 'linked');
    await symlink(world.appRoot, linked);
    const request = { app: 'comfyui', appRoot: linked, way: 'config', models: world.list() } as const;
    const applied = await mapper.apply(await mapper.planLinks(request), { appRoot: linked });
    expect(applied.files).toMatchObject([{ outcome: 'created', path: path() }]);
    expect((await plan('comfyui', 'config')).counts).toMatchObject({ keep: 2, create: 0 });
  });

  it('does not believe a plan that comes back', async () => {
    const planned = await plan('comfyui', 'config');
    const config = planned.config ?? { appRoot: '', files: [], note: null };
    const edited: readonly (readonly [string, unknown])[] = [
      ['/appRoot', { ...planned, appRoot: world.appRoot, entries: [] }],
      ['/way/format', { ...planned, way: { kind: 'config', format: 'webui-user' } }],
      ['/way/format', { ...planned, way: { kind: 'config', format: 'shell' } }],
      [
        '/config/files/0/beforeSha256',
        { ...planned, config: { ...config, files: [{ path: '/etc/passwd', beforeSha256: 'x' }] } },
      ],
    ];
    for (const [pointer, plan] of edited)
      await expect(mapper.apply(plan as LinkPlan), pointer).rejects.toMatchObject({
        code: 'mapper.invalid-plan',
        facts: { pointer },
      });
    await expect(mapper.apply({ ...planned, config: { ...config, appRoot: world.root } })).rejects.toMatchObject({
      code: 'mapper.invalid-plan',
    });
    await expect(mapper.apply(planned, { appRoot: world.root })).rejects.toMatchObject({ code: 'mapper.stale-plan' });
    await expect(
      world.open().planLinks({ app: 'comfyui', appRoot: world.appRoot, way: 'config', models: [] }),
    ).rejects.toMatchObject({
      code: 'core.invalid-argument',
    });
  });

  it.each([
    ['before the file was written', mine],
    ['after it was written', null],
    ['and somebody changed it then', '# other\n'],
  ])('a process that ended %s is recovered', async (_name, left) => {
    await writeFile(path(), mine);
    await mapper.apply(await plan('comfyui', 'config'));
    const written = await text();
    await world.database.run("update mapper_files set state = 'pending'");
    if (left !== null) await writeFile(path(), left);
    await mapper.recover();
    expect(await text()).toBe(left === '# other\n' ? left : written);
    expect(await world.database.all('select state from mapper_files', [])).toEqual([{ state: 'done' }]);
  });
});

describe('files that name each model', () => {
  const gguf = { type: 'llm', format: 'gguf' } as const;
  beforeEach(async () => {
    const mmproj = await world.addModel({
      ...gguf,
      type: 'mmproj',
      slug: 'llm/qwen/mmproj',
      files: [{ name: 'mmproj.gguf' }],
    });
    await world.addModel({
      ...gguf,
      slug: 'llm/qwen/tiny',
      files: [{ name: 'tiny-Q4_K_M.gguf' }],
      companions: [{ role: 'mmproj', id: mmproj.record.id }],
    });
    await world.addModel({
      ...gguf,
      slug: 'llm/qwen/large',
      files: [{ name: 'large-00001-of-00002.gguf' }, { name: 'large-00002-of-00002.gguf' }],
    });
  });

  it('llama.cpp gets a section for each, and the first of several parts', async () => {
    const planned = await plan('llama-cpp');
    await mapper.apply(planned);
    const view = planned.appRoot;
    expect((await readFile(join(world.appRoot, 'models.ini'), 'utf8')).split('\n').slice(1, -2)).toEqual([
      'version = 1',
      '[large]',
      `model = ${join(view, 'models/large/large-00001-of-00002.gguf')}`,
      '[tiny-Q4_K_M]',
      `model = ${join(view, 'models/tiny-Q4_K_M.gguf')}`,
      `mmproj = ${join(world.libraryRoot, 'llm/qwen/mmproj/mmproj.gguf')}`,
    ]);
  });

  it.each([
    ['jan', 'llamacpp'],
    ['jan', 'llamacpp/models/modelkeep'],
    ['jan', 'llamacpp/models/modelkeep/tiny-Q4_K_M'],
    ['text-generation-webui', 'user_data'],
  ])('of %s are not written through a link out of the app (%s)', async (app, folder) => {
    await mkdir(join(world.root, 'outside'));
    await mkdir(join(world.appRoot, folder, '..'), { recursive: true });
    await symlink(join(world.root, 'outside'), join(world.appRoot, folder));
    const planned = await plan(app, 'config');
    const { files } = await mapper.apply(planned);
    expect(planned.config?.files.map(({ action }) => action)).toContain('conflict');
    expect(files.find(({ outcome }) => outcome === 'conflict')).toMatchObject({
      reason: { code: 'config-refused', message: expect.stringContaining("out of the app's folder") },
    });
    expect(await treeOf(join(world.root, 'outside'))).toEqual({});

    await unlink(join(world.appRoot, folder));
    await mapper.apply(await plan(app, 'config'));
    await rename(join(world.appRoot, folder), join(world.root, 'outside', 'moved'));
    await symlink(join(world.root, 'outside', 'moved'), join(world.appRoot, folder));
    const moved = await treeOf(join(world.root, 'outside'));
    world.models.clear();
    await mapper.apply(await plan(app, 'config'));
    await mapper.unlinkAll({ app, appRoot: world.appRoot });
    expect(Object.keys(moved).length).toBeGreaterThan(1);
    expect(await treeOf(join(world.root, 'outside'))).toEqual(moved);
  });

  it('are written through a link that stays in the app', async () => {
    await mkdir(join(world.appRoot, 'elsewhere'));
    await symlink('elsewhere', join(world.appRoot, 'llamacpp'));
    expect(outcomes((await mapper.apply(await plan('jan'))).files)).toEqual(['created', 'created']);
    expect(Object.keys(await treeOf(join(world.appRoot, 'elsewhere')))).toContain('models/modelkeep/large/model.yml');
    expect(outcomes((await mapper.apply(await plan('jan'))).files)).toEqual(['kept', 'kept']);
    await mapper.unlinkAll({ app: 'jan', appRoot: world.appRoot });
    expect(await treeOf(join(world.appRoot, 'elsewhere'))).toEqual({});
  });

  it('an undo brings back files of Jan with the folders that they were in', async () => {
    await mkdir(join(world.appRoot, 'llamacpp'));
    await mapper.apply(await plan('jan'));
    const before = await filesOf();
    const models = [...world.models];
    world.models.clear();
    const applied = await mapper.apply(await plan('jan'));
    expect(await treeOf(join(world.appRoot, 'llamacpp'))).toEqual({});
    for (const [id, model] of models) world.models.set(id, model);
    const undone = await mapper.undo(applied);
    expect(outcomes(undone.files)).toEqual(['created', 'created']);
    expect(undone.counts).toMatchObject({ conflict: 0, failed: 0 });
    expect(await filesOf()).toEqual(before);
  });

  it('Jan gets a file for each, which goes with the model, and its folders with it', async () => {
    await mkdir(join(world.appRoot, 'llamacpp'));
    const applied = await mapper.apply(await plan('jan'));
    expect(outcomes(applied.files)).toEqual(['created', 'created']);
    const folder = join(world.appRoot, 'llamacpp/models/modelkeep');
    expect(parse(await readFile(join(folder, 'tiny-Q4_K_M/model.yml'), 'utf8'))).toMatchObject({
      name: 'modelkeep/tiny-Q4_K_M',
      size_bytes: 16,
    });
    const tiny = world.list().find(({ record }) => record.slug === 'llm/qwen/tiny');
    await mapper.unlinkModel(tiny?.record.id ?? '');
    expect(Object.keys(await treeOf(folder))).toEqual(['large', 'large/model.yml']);
    await rm(join(folder, 'large/model.yml'));
    expect(outcomes((await mapper.apply(await plan('jan'))).files)).toContain('created');
    await mapper.unlinkAll({ app: 'jan', appRoot: world.appRoot });
    expect(await treeOf(join(world.appRoot, 'llamacpp'))).toEqual({});
  });
});
