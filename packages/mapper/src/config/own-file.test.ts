import { readFile, unlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppliedPlan } from '../apply/applied-plan.ts';
import { createWorld, treeOf, type TestWorld } from '../mapper.test-world.ts';
import type { Mapper } from '../mapper.ts';

let world: TestWorld;
let mapper: Mapper;
let applied: AppliedPlan;
const mine = '# mine\n';
const path = (): string => join(world.appRoot, 'extra_model_paths.yaml');
const read = (at: string): Promise<string | null> => readFile(at, 'utf8').catch(() => null);

beforeEach(async () => {
  world = await createWorld();
  mapper = world.open({ viewFolder: join(world.root, 'views') });
  await world.addModel({ type: 'lora', files: [{ name: 'style.safetensors' }] });
  await writeFile(path(), mine);
  const { appRoot } = world;
  applied = await mapper.apply(
    await mapper.planLinks({ app: 'comfyui', appRoot, way: 'config', models: world.list() }),
  );
});
afterEach(() => world.close());

const filesOf = async (): Promise<Record<string, string>> =>
  Object.fromEntries(Object.entries(await treeOf(world.root)).filter(([name]) => !name.startsWith('state.db')));

/** What somebody may have written into the database of a library that comes from elsewhere. */
const changes: readonly (readonly [string, () => Record<string, string | null>])[] = [
  ['another file of the app', () => ({ path: join(world.appRoot, 'main.py'), previous: null, content: 'evil()' })],
  ['a file outside of the app', () => ({ path: join(world.root, 'autostart.yaml'), previous: null, content: 'evil' })],
  [
    'a file upwards',
    () => ({ path: `${world.appRoot}/../extra_model_paths.yaml`, previous: null, content: 'evil: true\n' }),
  ],
  [
    'a file of that name in the home folder',
    () => ({
      path: join(homedir(), 'extra_model_paths.yaml'),
      app_root: homedir(),
      previous: null,
      content: 'evil: 1\n',
    }),
  ],
  ['what the user wrote', () => ({ previous: null, content: `${mine}evil: true\n` })],
  ['a file of another kind', () => ({ format: 'webui-user', content: 'evil\n' })],
  ['a file that leads to other links', () => ({ view_root: join(world.root, 'library') })],
];

describe('a database that comes from elsewhere', () => {
  it.each(changes)('writes nothing into %s when it is recovered', async (_what, change) => {
    const columns = change();
    const at = columns['path'] ?? path();
    await (columns['previous'] === null ? unlink(path()) : writeFile(path(), mine));
    const previous = columns['previous'] === undefined ? mine : columns['previous'];
    for (const [column, value] of Object.entries({ ...columns, previous, state: 'pending' }))
      await world.database.run(`update mapper_files set ${column} = ?`, [value]);
    const before = [await filesOf(), await read(at)];
    await mapper.recover();
    expect([await filesOf(), await read(at)]).toEqual(before);
    expect(await world.database.all("select path from mapper_files where state = 'pending'", [])).toEqual([]);
  });

  /* The others are not what was recorded when the file was written, and are left for that. */
  it.each(changes.filter(([what]) => !/upwards|home folder/u.test(what)))(
    'writes nothing into %s by an undo',
    async (_what, change) => {
      const { previous, content, ...columns } = change();
      const written = await read(path());
      const at = columns['path'] ?? path();
      /* Taken back, what was there comes again: that is what is made up. */
      const undo = { ...columns, before: content ?? 'evil', after: previous === undefined ? written : previous };
      for (const [column, value] of Object.entries(undo))
        await world.database.run(`update mapper_file_undo set ${column} = ?`, [value]);
      for (const [column, value] of Object.entries(columns))
        await world.database.run(`update mapper_files set ${column} = ?`, [value]);
      const before = [await read(path()), await read(at)];
      await mapper.undo(applied).catch(() => null);
      expect([await read(path()), await read(at)]).toEqual(before);
      expect(Object.keys(await filesOf()).filter((name) => /main\.py|autostart/u.test(name))).toEqual([]);
    },
  );
});
