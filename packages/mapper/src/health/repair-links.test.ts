import { lstat, mkdir, readFile, readlink, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppliedPlan } from '../apply/applied-plan.ts';
import { createWorld, treeOf, type TestWorld } from '../mapper.test-world.ts';
import type { MappableModel } from '../plan/mappable-model.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const apply = async (prefer?: 'hardlink'): Promise<AppliedPlan> => {
  const linking = prefer === undefined ? undefined : { prefer };
  return world.mapper.apply(
    await world.mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, models: world.list(), linking }),
  );
};
const checkpoint = (name: string): string => join(world.appRoot, 'models/checkpoints', `${name}.safetensors`);
const healths = async (): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await world.mapper.check()).map(({ link, health }) => [
      link.target.slice(dirname(link.target).length + 1),
      health,
    ]),
  );
const add = (name: string): Promise<MappableModel> => world.addModel({ files: [{ name: `${name}.safetensors` }] });

/** What `relocate` does: the files are elsewhere, and the record says so. */
async function move({ record, folder }: MappableModel): Promise<void> {
  const to = join(world.libraryRoot, 'moved', record.id);
  await mkdir(dirname(to), { recursive: true });
  await rename(folder, to);
  world.models.set(record.id, { record, folder: to });
}

describe.each(['symlink', 'hardlink'] as const)('repair of %ss', (way) => {
  it('tells what is wrong, makes it good, and leaves what is not ours', async () => {
    const models: Record<string, MappableModel> = {};
    for (const name of ['deleted', 'foreign', 'missing', 'moved', 'ok', 'repaired']) models[name] = await add(name);
    await apply(way === 'hardlink' ? 'hardlink' : undefined);
    const { deleted, moved, repaired } = models;
    if (deleted === undefined || moved === undefined || repaired === undefined) throw new Error('they were made');
    await world.removeModel(deleted);
    await move(moved);
    await unlink(checkpoint('missing'));
    await unlink(checkpoint('foreign'));
    await writeFile(checkpoint('foreign'), 'mine');
    await unlink(join(repaired.folder, 'repaired.safetensors'));
    await writeFile(join(repaired.folder, 'repaired.safetensors'), 'repaired');

    expect(await healths()).toEqual({
      'deleted.safetensors': way === 'hardlink' ? 'stale' : 'broken',
      'foreign.safetensors': 'foreign',
      'missing.safetensors': 'missing',
      'moved.safetensors': 'moved',
      'ok.safetensors': 'ok',
      'repaired.safetensors': way === 'hardlink' ? 'stale' : 'ok',
    });
    const { counts } = await world.mapper.repair();
    expect(counts).toMatchObject({
      conflict: 1,
      created: 1,
      removed: 1,
      replaced: way === 'hardlink' ? 2 : 1,
      failed: 0,
    });
    expect(new Set(Object.values(await healths()))).toEqual(new Set(['ok']));
    expect(Object.keys(await healths())).toHaveLength(4);
    expect(await readFile(checkpoint('foreign'), 'utf8')).toBe('mine');
    expect(await readFile(checkpoint('repaired'), 'utf8')).toBe('repaired');
    expect(await readFile(checkpoint('moved'), 'utf8')).toBe('moved.safetensors');
    expect((await world.mapper.repair()).results).toEqual([]);
    expect((await apply()).counts).toMatchObject({ conflict: 1, kept: 4, created: 0, replaced: 0 });
  });
});

describe('repair', () => {
  it('waits for a folder of an app that is not there, and for a library that is not', async () => {
    await add('a');
    await apply();
    const away = join(world.root, 'away');
    await rename(world.appRoot, away);
    expect(await healths()).toEqual({ 'a.safetensors': 'app-root-gone' });
    expect((await world.mapper.repair()).results).toEqual([]);
    await rename(away, world.appRoot);
    await rename(world.libraryRoot, `${world.libraryRoot}-away`);
    expect(await healths()).toEqual({ 'a.safetensors': 'broken' });
    expect((await world.mapper.repair()).counts).toMatchObject({ removed: 0, failed: 0 });
    expect((await lstat(checkpoint('a'))).isSymbolicLink()).toBe(true);
    await rename(`${world.libraryRoot}-away`, world.libraryRoot);
    expect(await healths()).toEqual({ 'a.safetensors': 'ok' });
  });

  it('does not touch a link that somebody turned elsewhere', async () => {
    await add('a');
    await apply();
    await unlink(checkpoint('a'));
    await symlink('/elsewhere', checkpoint('a'));
    await world.mapper.repair();
    expect(await readlink(checkpoint('a'))).toBe('/elsewhere');
    expect(await world.mapper.check()).toEqual([]);
    expect(Object.keys(await treeOf(world.appRoot))).toContain('models/checkpoints/a.safetensors');
  });
});
