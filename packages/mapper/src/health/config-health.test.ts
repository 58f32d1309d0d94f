import { mkdir, readFile, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, treeOf, type TestWorld } from '../mapper.test-world.ts';
import type { Mapper } from '../mapper.ts';

let world: TestWorld;
let mapper: Mapper;
const mine = '# mine\n';
beforeEach(async () => {
  world = await createWorld();
  mapper = world.open({ viewFolder: join(world.root, 'views'), platform: 'linux' });
  await world.addModel({ type: 'lora', files: [{ name: 'style.safetensors' }] });
  await writeFile(path(), mine);
  const plan = await mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, way: 'config', models: world.list() });
  await mapper.apply(plan);
});
afterEach(() => world.close());

const path = (): string => join(world.appRoot, 'extra_model_paths.yaml');
const text = (): Promise<string> => readFile(path(), 'utf8');
const scope = (): { app: string; appRoot: string } => ({ app: 'comfyui', appRoot: world.appRoot });
/** The run that wrote the file first. */
const lastRun = async (): Promise<string> => {
  const [row] = await world.database.all<{ id: string }>('select run_id as id from mapper_file_undo', []);
  return row?.id ?? '';
};
const viewRoot = async (): Promise<string> => (await mapper.check(scope()))[0]?.link.appRoot ?? '';
const healths = async (): Promise<readonly string[]> => [
  ...(await mapper.check(scope())).map(({ health }) => health),
  ...(await mapper.checkFiles(scope())).map(({ health }) => health),
];

describe('an undo after a repair', () => {
  it.each([
    ['was edited', async () => writeFile(path(), (await text()).replace('loras:', 'vae:')), mine],
    ['was lost with what the user had there', () => unlink(path()), null],
    ['was lost while the user wrote on', () => writeFile(path(), '# still mine\n'), '# still mine\n'],
  ])('takes away what %s and was written again', async (_name, spoil, left) => {
    await spoil();
    await mapper.repair(scope());
    expect(await healths()).toEqual(['ok', 'ok']);
    const undone = await mapper.undo({ id: await lastRun(), app: 'comfyui', appRoot: await viewRoot() });
    expect(undone.counts).toMatchObject({ removed: 1, conflict: 0 });
    expect(undone.files.map(({ outcome }) => outcome)).toEqual([left === null ? 'removed' : 'replaced']);
    expect(await text().catch(() => null)).toBe(left);
    expect(await healths()).toEqual([]);
  });

  it('takes away links that were made again, also to where a model was moved', async () => {
    const [model] = world.list();
    const folder = join(world.libraryRoot, 'moved');
    await rename(model?.folder ?? '', folder);
    if (model !== undefined) world.models.set(model.record.id, { ...model, folder });
    expect((await mapper.repair(scope())).counts).toMatchObject({ replaced: 1 });
    const undone = await mapper.undo({ id: await lastRun(), app: 'comfyui', appRoot: await viewRoot() });
    expect(undone.counts).toMatchObject({ removed: 1, conflict: 0 });
    expect([await text(), await mapper.check()]).toEqual([mine, []]);
  });

  it('goes back through several runs, one by one', async () => {
    const first = await lastRun();
    const one = await text();
    await world.addModel({ type: 'vae', files: [{ name: 'ae.safetensors' }] });
    const plan = await mapper.planLinks({ ...scope(), way: 'config', models: world.list() });
    const second = await mapper.apply(plan);
    await writeFile(path(), mine);
    await mapper.repair(scope());
    expect((await mapper.undo(second)).files.map(({ outcome }) => outcome)).toEqual(['replaced']);
    expect(await text()).toBe(one);
    const undone = await mapper.undo({ ...second, id: first });
    expect(undone.files.map(({ outcome }) => outcome)).toEqual(['replaced']);
    expect([await text(), await mapper.check()]).toEqual([mine, []]);
  });

  it('a model that was unlinked meanwhile does not stop it', async () => {
    const vae = await world.addModel({ type: 'vae', files: [{ name: 'ae.safetensors' }] });
    const plan = await mapper.planLinks({ ...scope(), way: 'config', models: world.list() });
    const second = await mapper.apply(plan);
    await mapper.unlinkModel(vae.record.id);
    expect((await mapper.undo(second)).counts).toMatchObject({ conflict: 0 });
    expect(await text()).not.toContain('vae');
    expect(await healths()).toEqual(['ok', 'ok']);
  });
});

describe('config files', () => {
  it('are as they were written, and told with the links that they lead to', async () => {
    expect(await healths()).toEqual(['ok', 'ok']);
    expect(await mapper.checkFiles()).toEqual([
      { path: path(), ...scope(), format: 'comfyui-yaml', health: 'ok', problem: null },
    ]);
    const { checked, results, files } = await mapper.repair(scope());
    expect([checked.length, results, files]).toEqual([1, [], []]);
    expect(await mapper.checkFiles({ app: 'other' })).toEqual([]);
  });

  it.each([
    ['our block is gone', 'edited', () => writeFile(path(), '# still mine\n')],
    ['our block was edited', 'edited', async () => writeFile(path(), (await text()).replace('loras:', 'vae:'))],
    ['the file is gone', 'missing', () => unlink(path())],
  ] as const)('%s: it is told, and repaired', async (_name, health, spoil) => {
    const written = await text();
    await spoil();
    expect(await healths()).toEqual(['ok', health]);
    const { files } = await mapper.repair(scope());
    expect(files.map(({ outcome }) => outcome)).toEqual([health === 'missing' ? 'created' : 'replaced']);
    expect(await healths()).toEqual(['ok', 'ok']);
    expect((await text()).slice((await text()).indexOf('# ----'))).toBe(written.slice(mine.length));
    expect((await mapper.repair()).files).toEqual([]);
    await mapper.unlinkAll(scope());
    const left = await readFile(path(), 'utf8').catch(() => null);
    expect(left).toBe(health === 'missing' ? null : _name === 'our block is gone' ? '# still mine\n' : mine);
  });

  it.each([
    ['a link', async () => (await unlink(path()), await symlink('/etc/hostname', path()))],
    ['no YAML', () => writeFile(path(), 'a: b: c')],
    ['a broken block', async () => writeFile(path(), (await text()).replace(/# ---- modelkeep: end.*\n/u, ''))],
  ])('%s is refused, said to be, and left alone', async (_name, spoil) => {
    await spoil();
    const before = [await treeOf(world.appRoot), await text()];
    const [checked] = await mapper.checkFiles();
    expect(checked).toMatchObject({ health: 'refused', problem: expect.stringMatching(/./u) as string });
    const { files } = await mapper.repair();
    expect(files.map(({ outcome }) => outcome)).toEqual(['conflict']);
    expect([await treeOf(world.appRoot), await text()]).toEqual(before);
  });

  it('a folder of links that is gone is made again, one of an app that is gone is not', async () => {
    await rm(join(world.root, 'views'), { recursive: true });
    expect(await healths()).toEqual(['missing', 'ok']);
    expect((await mapper.repair(scope())).counts).toMatchObject({ created: 1, failed: 0, conflict: 0 });
    expect(await healths()).toEqual(['ok', 'ok']);

    const away = join(world.root, 'away');
    await rename(world.appRoot, away);
    await rm(join(world.root, 'views'), { recursive: true });
    expect(await healths()).toEqual(['app-root-gone', 'app-root-gone']);
    expect(await mapper.repair()).toMatchObject({ results: [], files: [] });
    await rename(away, world.appRoot);
    await mkdir(join(world.root, 'views'));
    await mapper.repair();
    expect(await healths()).toEqual(['ok', 'ok']);
  });

  it('a write that the system refuses is a conflict: the links are made, and the next run does it', async () => {
    const refusing = world.open({
      viewFolder: join(world.root, 'views'),
      platform: 'linux',
      fileSystem: await readOnlyFor('.yaml'),
    });
    await world.addModel({ type: 'vae', files: [{ name: 'ae.safetensors' }] });
    const before = await text();
    const plan = async (by: Mapper) => by.planLinks({ ...scope(), way: 'config', models: world.list() });
    const applied = await refusing.apply(await plan(refusing));
    expect(applied.counts).toMatchObject({ created: 1, kept: 1 });
    expect(applied.files).toMatchObject([{ outcome: 'conflict', reason: { code: 'config-refused' } }]);
    expect(await text()).toBe(before);
    expect(await healths()).toEqual(['ok', 'ok', 'edited']);
    expect((await mapper.apply(await plan(mapper))).files.map(({ outcome }) => outcome)).toEqual(['replaced']);
    expect(await text()).toContain('  vae: ');
  });
});

/** A file system that refuses to rename over files with an extension. */
async function readOnlyFor(extension: string) {
  const { nodeFileSystem } = await import('@modelkeep/io');
  const { ModelkeepError } = await import('@modelkeep/core');
  return {
    ...nodeFileSystem,
    rename: async (from: string, to: string): Promise<void> => {
      if (!to.endsWith(extension)) return nodeFileSystem.rename(from, to);
      throw new ModelkeepError('io.permission', {
        message: `no permission for ${to}`,
        facts: { path: to, operation: 'rename' },
      } as never);
    },
  };
}
