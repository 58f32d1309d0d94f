import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openSqlite, type SqliteDatabase } from '@modelkeep/sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppliedPlan } from '../apply/applied-plan.ts';
import { dyingPorts } from '../dying-process.test-world.ts';
import { runKillTask } from '../kill-points.test-task.ts';
import { createWorld, sha256, testModel, treeOf } from '../mapper.test-world.ts';
import { createMapper, type Mapper } from '../mapper.ts';
import type { MappableModel } from '../plan/mappable-model.ts';
import { mapperMigrations } from '../registry/migrations.ts';

/** Points of each action and file; more of them by an environment variable, for a nightly run. */
const POINTS = Math.max(20, Number(process.env['MODELKEEP_KILL_POINTS'] ?? 0) / 6);
const actions = ['apply', 'undo', 'unlinkAll'] as const;
type Action = (typeof actions)[number];

const apps = [
  { app: 'comfyui', file: 'extra_model_paths.yaml', mine: '# mine\na111:\n  base_path: /ui\n  loras: models/Lora\n' },
  { app: 'comfyui', file: 'extra_model_paths.yaml', mine: null },
  { app: 'swarmui', file: 'Data/Settings.fds', mine: 'Paths:\n\t#mine\n\tModelRoot: Models\n\tOther: 1\n' },
] as const;
const cases = apps.flatMap((one) =>
  actions.map((action) => ({ ...one, action, name: `${one.file}${one.mine === null ? ' (new)' : ''}` })),
);

let database: SqliteDatabase;
let root: string;
let count = 0;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'modelkeep-config-')));
  database = await openSqlite({ path: join(root, 'state.db'), migrations: [mapperMigrations], mode: 'in-thread' });
});
afterAll(async () => {
  await database.close();
  await rm(root, { recursive: true, force: true });
});

interface Scene {
  readonly folder: string;
  readonly text: () => Promise<string | null>;
  readonly mapper: (killAt: number | null) => { mapper: Mapper; steps: () => number; died: Promise<'died'> };
  readonly act: (mapper: Mapper) => Promise<Pick<AppliedPlan, 'files'>>;
  /** The texts before the action, at each moment of which one of these has to be there. */
  readonly before: string | null;
}

/** An app that is mapped by its config file, and a library that has changed since. */
async function prepare({ app, file, mine }: (typeof apps)[number], action: Action): Promise<Scene> {
  const folder = join(root, String((count += 1)).padStart(4, '0'));
  const [appRoot, libraryRoot] = [join(folder, 'app'), join(folder, 'library')];
  await mkdir(dirname(join(appRoot, file)), { recursive: true });
  if (mine !== null) await writeFile(join(appRoot, file), mine);
  const models = new Map<string, MappableModel>();
  const add = async (name: string, type: 'vae' | 'lora' | 'checkpoint'): Promise<void> => {
    const model = testModel(libraryRoot, { slug: `${type}/${name}`, type, files: [{ name: `${name}.safetensors` }] });
    await mkdir(model.folder, { recursive: true });
    await writeFile(join(model.folder, `${name}.safetensors`), `${name}.safetensors`);
    models.set(model.record.id, model);
  };
  const open = (killAt: number | null): ReturnType<Scene['mapper']> => {
    const { registry, fileSystem, steps, died } = dyingPorts(database, killAt);
    const library = { modelsById: async (ids: readonly string[]) => ids.flatMap((id) => models.get(id) ?? []) };
    const viewFolder = join(folder, 'views');
    const facts = { registry, fileSystem, library, viewFolder, machineId: sha256(folder), platform: 'linux' } as const;
    return { mapper: createMapper(facts), steps, died };
  };
  const apply = async (mapper: Mapper): Promise<AppliedPlan> =>
    mapper.apply(await mapper.planLinks({ app, appRoot, way: 'config', models: [...models.values()] }));
  await add('kept', 'vae');
  await add('gone', 'lora');
  let applied = await apply(open(null).mapper);
  for (const { record } of models.values()) if (record.slug === 'lora/gone') models.delete(record.id);
  await add('new', 'checkpoint');
  if (action !== 'apply') applied = await apply(open(null).mapper);
  const text = (): Promise<string | null> => readFile(join(appRoot, file), 'utf8').catch(() => null);
  const act: Scene['act'] = async (mapper) => {
    if (action === 'apply') return apply(mapper);
    return action === 'undo' ? mapper.undo(applied) : mapper.unlinkAll({ app, appRoot });
  };
  return { folder, text, mapper: open, act, before: await text() };
}

/** Without the folder of the scene, and the name of the view that follows from it. */
const plain = (text: string | null, folder: string): string | null =>
  text?.replaceAll(folder, '').replaceAll(/-[0-9a-f]{12}/g, '') ?? null;
const treeIn = async (folder: string): Promise<string> => plain(JSON.stringify(await treeOf(folder)), folder) ?? '';

describe.each(cases)('$action by $name, when the process ends', ({ action, ...app }) => {
  it('leaves the file whole, loses nothing of its user, and can go on', { timeout: 900_000 }, async () => {
    const whole = await prepare(app, action);
    const { mapper, steps } = whole.mapper(null);
    await whole.act(mapper);
    const expected = [plain(await whole.text(), whole.folder), await treeIn(whole.folder)];
    const points = Math.min(steps(), POINTS);
    let deaths = 0;
    for (let point = 0; point < points; point += 1) {
      const scene = await prepare(app, action);
      const { folder } = scene;
      const killed = scene.mapper(Math.floor((point * steps()) / points));
      const ended = await Promise.race([scene.act(killed.mapper).then(() => 'ended'), killed.died]);
      if (ended === 'died') deaths += 1;
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      const texts = [plain(scene.before, folder), expected[0]];
      expect(texts).toContain(plain(await scene.text(), folder));
      const { mapper: next } = scene.mapper(null);
      await next.recover();
      expect(texts).toContain(plain(await scene.text(), folder));
      expect(await database.all("select path from mapper_files where state <> 'done'", [])).toEqual([]);
      expect((await scene.act(next)).files.map(({ outcome }) => outcome)).not.toContain('conflict');
      expect([plain(await scene.text(), folder), await treeIn(folder)]).toEqual(expected);
    }
    expect(deaths).toBeGreaterThan(points / 2);
  });
});

it('processes that map at once by a config file agree', { timeout: 300_000 }, async () => {
  const world = await createWorld();
  try {
    const file = join(world.appRoot, 'extra_model_paths.yaml');
    await writeFile(file, '# mine\n');
    for (const type of ['lora', 'vae', 'checkpoint'] as const)
      await world.addModel({ type, files: [{ name: `${type}.safetensors` }] });
    const viewFolder = join(world.root, 'views');
    const { appRoot, database: state } = world;
    const models = world.list();
    /* Each of them knows of one model more than the one before: the one that comes last decides, and none breaks the file. */
    const tasks = [1, 2, 3, 3].map((length) =>
      runKillTask(world.root, {
        action: 'apply',
        inCrowd: true,
        appRoot,
        config: { app: 'comfyui', viewFolder },
        database: state.path,
        models: models.slice(0, length),
        applied: null,
        killAt: null,
      }),
    );
    expect((await Promise.all(tasks)).every((steps) => steps !== null)).toBe(true);
    expect(await readFile(file, 'utf8')).toMatch(
      /^# mine\n# ---- modelkeep: begin[^\n]*\nmodelkeep:\n(?: {2}.*\n)+# ---- modelkeep: end ----\n$/u,
    );
    const mapper = world.open({ viewFolder });
    const applied = await mapper.apply(await mapper.planLinks({ app: 'comfyui', appRoot, way: 'config', models }));
    expect(applied.files.map(({ outcome }) => outcome)).not.toContain('conflict');
    const view = Object.keys(await treeOf(viewFolder)).filter((name) => name.endsWith('.safetensors'));
    expect(view).toHaveLength(3);
    for (const key of ['loras', 'vae', 'checkpoints']) expect(await readFile(file, 'utf8')).toContain(`  ${key}: `);
    expect(Object.keys(await treeOf(appRoot)).filter((name) => name.includes('tmp'))).toEqual([]);
    await mapper.unlinkAll({ app: 'comfyui', appRoot });
    expect(await readFile(file, 'utf8')).toBe('# mine\n');
  } finally {
    await world.close();
  }
});

it('processes that map at once by the settings of SwarmUI agree', { timeout: 300_000 }, async () => {
  const world = await createWorld();
  try {
    const { appRoot, database: state } = world;
    const mine = '\uFEFF#mine\r\nPaths:\r\n\tModelRoot: Models;D:\\sMine\r\n\tOther: 1\r\n';
    const file = join(appRoot, 'Data/Settings.fds');
    await mkdir(dirname(file));
    await writeFile(file, mine);
    for (const type of ['lora', 'vae'] as const)
      await world.addModel({ type, files: [{ name: `${type}.safetensors` }] });
    const viewFolder = join(world.root, 'views');
    const [first, ...others] = world.list();
    const run = (action: 'apply' | 'unlinkAll', models: readonly MappableModel[]) =>
      runKillTask(world.root, {
        action,
        inCrowd: true,
        appRoot,
        config: { app: 'swarmui', viewFolder },
        database: state.path,
        models,
        applied: null,
        killAt: null,
      });
    const all = first === undefined ? others : [first, ...others];
    await Promise.all([run('apply', all), run('apply', others), run('unlinkAll', all)]);
    const mapper = world.open({ viewFolder });
    await mapper.apply(await mapper.planLinks({ app: 'swarmui', appRoot, way: 'config', models: all }));
    const [view = ''] = Object.keys(await treeOf(viewFolder));
    expect(await readFile(file, 'utf8')).toBe(mine.replace('Mine', `Mine;${viewFolder}/${view}/Models`));
    await mapper.unlinkAll({ app: 'swarmui', appRoot });
    expect(await readFile(file, 'utf8')).toBe(mine);
  } finally {
    await world.close();
  }
});
