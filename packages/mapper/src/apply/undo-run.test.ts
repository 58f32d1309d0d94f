import { mkdir, readFile, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFileSystem, translateSystemError } from '@modelkeep/io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, treeOf, type TestWorld } from '../mapper.test-world.ts';
import { UNDOABLE_RUNS } from '../registry/undo-journal.ts';
import type { AppliedPlan, UnlinkedApp } from './applied-plan.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const apply = async (): Promise<AppliedPlan> =>
  world.mapper.apply(await world.mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, models: world.list() }));
const outcomes = ({ results }: UnlinkedApp) => results.map(({ outcome, reason }) => [outcome, reason?.code ?? null]);
const state = async () => [
  await treeOf(world.appRoot),
  /* The library may be another one by now; what is lost is told. */
  (await world.mapper.check()).map(({ link, health }) => [link, ['ok', 'moved', 'stale'].includes(health)]),
];
const checkpoint = (name: string): string => join(world.appRoot, 'models/checkpoints', name);

describe('undo', () => {
  it('removes what was created, and the folders that were made', async () => {
    const before = await state();
    await world.addModel({});
    await world.addModel({ type: 'vae' });
    const applied = await apply();
    expect(outcomes(await world.mapper.undo(applied))).toEqual([
      ['removed', null],
      ['removed', null],
    ]);
    expect(await state()).toEqual(before);
  });

  it('brings back what was replaced and removed, with its record', async () => {
    const replaced = await world.addModel({ files: [{ name: 'a.safetensors' }] });
    const removed = await world.addModel({ type: 'vae', files: [{ name: 'b.safetensors' }] });
    await apply();
    const before = await state();
    world.models.delete(removed.record.id);
    await rename(replaced.folder, join(world.libraryRoot, 'moved'));
    world.models.set(replaced.record.id, { ...replaced, folder: join(world.libraryRoot, 'moved') });
    const applied = await apply();
    expect(applied.counts).toMatchObject({ replaced: 1, removed: 1 });
    await rename(join(world.libraryRoot, 'moved'), replaced.folder);
    expect(outcomes(await world.mapper.undo(applied))).toEqual([
      ['replaced', null],
      ['created', null],
    ]);
    expect(await state()).toEqual(before);
  });

  it('takes back run after run', async () => {
    const states = [await state()];
    const runs: AppliedPlan[] = [];
    for (const name of ['a', 'b', 'c']) {
      await world.addModel({ files: [{ name: `${name}.safetensors` }] });
      const [oldest] = world.list();
      if (name === 'c' && oldest !== undefined) world.models.delete(oldest.record.id);
      runs.push(await apply());
      states.push(await state());
    }
    for (const run of runs.toReversed()) {
      states.pop();
      await world.mapper.undo(run);
      expect(await state()).toEqual(states.at(-1));
    }
  });

  it('does nothing the second time', async () => {
    await world.addModel({});
    const applied = await apply();
    await world.mapper.undo(applied);
    const before = await state();
    expect((await world.mapper.undo(applied)).results).toEqual([]);
    expect(await state()).toEqual(before);
  });

  it('removes a link that had been made again for somebody who had removed it', async () => {
    await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await apply();
    await unlink(checkpoint('a.safetensors'));
    await world.mapper.undo(await apply());
    expect((await treeOf(world.appRoot))['models/checkpoints/a.safetensors']).toBeUndefined();
  });

  it('does not bring back a link that was gone before it was forgotten', async () => {
    const model = await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await world.addModel({ files: [{ name: 'b.safetensors' }] });
    await apply();
    await unlink(checkpoint('a.safetensors'));
    world.models.delete(model.record.id);
    const applied = await apply();
    expect(applied.counts).toMatchObject({ removed: 1 });
    await world.mapper.undo(applied);
    expect(Object.keys(await treeOf(join(world.appRoot, 'models/checkpoints')))).toEqual(['b.safetensors']);
  });

  it('touches nothing that is not as it left it', async () => {
    for (const name of ['a', 'b', 'c']) await world.addModel({ files: [{ name: `${name}.safetensors` }] });
    const applied = await apply();
    await unlink(checkpoint('a.safetensors'));
    await writeFile(checkpoint('a.safetensors'), 'mine');
    await unlink(checkpoint('b.safetensors'));
    await symlink('/elsewhere', checkpoint('b.safetensors'));
    expect(outcomes(await world.mapper.undo(applied))).toEqual([
      ['conflict', 'foreign-file'],
      ['conflict', 'foreign-link'],
      ['removed', null],
    ]);
    expect(await readFile(checkpoint('a.safetensors'), 'utf8')).toBe('mine');
    expect(await treeOf(join(world.appRoot, 'models/checkpoints'))).toEqual({
      'a.safetensors': '4',
      'b.safetensors': '-> /elsewhere',
    });
  });

  it('does not take a name back that has something else now', async () => {
    const model = await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await apply();
    world.models.delete(model.record.id);
    const applied = await apply();
    await mkdir(join(world.appRoot, 'models/checkpoints'), { recursive: true });
    await writeFile(checkpoint('a.safetensors'), 'mine');
    expect(outcomes(await world.mapper.undo(applied))).toEqual([['conflict', 'foreign-file']]);
    expect(await readFile(checkpoint('a.safetensors'), 'utf8')).toBe('mine');
  });

  it('leaves what a later run changed', async () => {
    const model = await world.addModel({ files: [{ name: 'a.safetensors' }] });
    const first = await apply();
    await rename(model.folder, join(world.libraryRoot, 'moved'));
    world.models.set(model.record.id, { ...model, folder: join(world.libraryRoot, 'moved') });
    await apply();
    const before = await state();
    expect(outcomes(await world.mapper.undo(first))).toEqual([['conflict', 'changed-since']]);
    expect(await state()).toEqual(before);
  });

  it('uses nothing of what it is given but the id of the run', async () => {
    await world.addModel({ files: [{ name: 'a.safetensors' }] });
    const applied = await apply();
    await symlink('/elsewhere', join(world.root, 'foreign'));
    const forged = {
      ...applied,
      results: [{ outcome: 'created', target: join(world.root, 'foreign'), source: '/elsewhere' }],
    };
    expect(outcomes(await world.mapper.undo(forged))).toEqual([['removed', null]]);
    expect((await treeOf(world.root))['foreign']).toBe('-> /elsewhere');
    await expect(world.mapper.undo({ ...applied, id: "' or 1" })).rejects.toMatchObject({
      code: 'core.invalid-argument',
    });
  });

  it(`knows the last ${UNDOABLE_RUNS} runs of an app`, async () => {
    const runs: AppliedPlan[] = [];
    for (let index = 0; index < UNDOABLE_RUNS + 2; index += 1) {
      await world.addModel({ files: [{ name: `${index}.safetensors` }] });
      runs.push(await apply());
    }
    const [first, , third] = runs;
    expect((await world.mapper.undo(first as AppliedPlan)).results).toEqual([]);
    expect((await world.mapper.undo(third as AppliedPlan)).counts).toMatchObject({ removed: 1 });
  });

  it('waits for the folder of the app: what it made there is still ours when it is back', async () => {
    await world.addModel({ files: [{ name: 'a.safetensors' }] });
    const applied = await apply();
    const away = join(world.root, 'away');
    await rename(world.appRoot, away);
    await expect(world.mapper.undo(applied)).rejects.toMatchObject({ code: 'mapper.app-root' });
    await symlink(away, world.appRoot);
    await expect(world.mapper.undo(applied)).rejects.toMatchObject({ code: 'mapper.app-root' });
    await unlink(world.appRoot);
    await rename(away, world.appRoot);
    expect((await world.mapper.undo(applied)).counts).toMatchObject({ removed: 1, conflict: 0 });
    expect(await treeOf(world.appRoot)).toEqual({ custom_nodes: '/' });
  });

  it('can be tried again where the system refused', async () => {
    const before = await treeOf(world.appRoot);
    await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await world.addModel({ files: [{ name: 'b.safetensors' }] });
    const applied = await apply();
    const refusing = world.open({
      fileSystem: {
        ...nodeFileSystem,
        unlink: async (path) => {
          if (!path.endsWith('a.safetensors')) return nodeFileSystem.unlink(path);
          const error = Object.assign(new Error('EACCES'), { code: 'EACCES' });
          throw translateSystemError(error, { operation: 'remove the link', path });
        },
      },
    });
    expect((await refusing.undo(applied)).counts).toMatchObject({ failed: 1, removed: 1 });
    expect(await world.mapper.runs()).toMatchObject([{ id: applied.id }]);
    expect((await world.mapper.undo(applied)).counts).toMatchObject({ removed: 1, kept: 1 });
    expect([await treeOf(world.appRoot), await world.mapper.runs()]).toEqual([before, []]);
  });

  it('stops when its signal aborts', async () => {
    await world.addModel({});
    const applied = await apply();
    const reason = new Error('enough');
    await expect(world.mapper.undo(applied, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await world.mapper.check()).toHaveLength(1);
  });
});

describe('the runs that can be taken back', () => {
  it('are told for an app and its folder, the latest first, and what taking them back would do', async () => {
    const asked = Date.now();
    await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await world.addModel({ files: [{ name: 'b.safetensors' }] });
    const first = await apply();
    await world.addModel({ type: 'vae' });
    const second = await apply();
    await apply();
    const { appRoot } = world;
    const runs = await world.mapper.runs({ app: 'comfyui', appRoot });
    expect(runs).toMatchObject([
      { id: second.id, app: 'comfyui', appRoot, links: 1, files: 0, isFinished: true },
      { id: first.id, links: 2, isFinished: true },
    ]);
    expect(Date.parse(runs[1]?.appliedAt ?? '')).toBeGreaterThanOrEqual(asked);
    expect(await world.mapper.runs({ app: 'forge' })).toEqual([]);
    expect(await world.mapper.runs({ appRoot: world.root })).toEqual([]);

    await unlink(checkpoint('a.safetensors'));
    await writeFile(checkpoint('a.safetensors'), 'mine');
    const before = await state();
    const plan = await world.mapper.planUndo(first);
    expect(plan).toMatchObject({ id: first.id, files: [], counts: { conflict: 1, remove: 1 } });
    expect(plan.entries).toMatchObject([
      { action: 'conflict', target: checkpoint('a.safetensors'), reason: { code: 'foreign-file' } },
      { action: 'remove', target: checkpoint('b.safetensors'), reason: null },
    ]);
    expect(await state()).toEqual(before);
    await expect(world.mapper.planUndo({ ...first, id: '../x' })).rejects.toMatchObject({
      code: 'core.invalid-argument',
    });
  });

  it.each([0, 1, 2])('have the one whose process ended after %i links, and it is taken back', async (links) => {
    const kept = await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await apply();
    const moved = join(world.libraryRoot, 'moved');
    await rename(kept.folder, moved);
    world.models.set(kept.record.id, { ...kept, folder: moved });
    for (const name of ['b', 'c']) await world.addModel({ files: [{ name: `${name}.safetensors` }] });
    const before = await treeOf(world.appRoot);
    let made = 0;
    const dying = world.open({
      fileSystem: {
        ...nodeFileSystem,
        async symlink(options) {
          if (made >= links) throw new Error('the process has ended');
          made += 1;
          await nodeFileSystem.symlink(options);
        },
      },
    });
    const { appRoot } = world;
    const plan = await dying.planLinks({ app: 'comfyui', appRoot, models: world.list() });
    await expect(dying.apply(plan)).rejects.toThrow('the process has ended');

    const [run, first, ...others] = await world.mapper.runs({ app: 'comfyui', appRoot });
    expect(run).toMatchObject({ isFinished: false });
    expect(run?.links).toBeGreaterThan(links === 2 ? 2 : 0);
    expect([first?.isFinished, others]).toEqual([true, []]);
    if (run === undefined) throw new Error('the run is not told');
    expect((await world.mapper.planUndo(run)).counts).toMatchObject({ conflict: 0 });
    await rename(moved, kept.folder);
    expect((await world.mapper.undo(run)).counts).toMatchObject({ conflict: 0, failed: 0 });
    expect(await treeOf(world.appRoot)).toEqual(before);
    expect((await world.mapper.check()).map(({ link }) => link.modelId)).toEqual([kept.record.id]);
    expect(await world.mapper.runs({ app: 'comfyui', appRoot })).toEqual([first]);
  });

  it('have the one that was cut off and then gone on with: it says so, and each takes back its own', async () => {
    for (const name of ['a', 'b']) await world.addModel({ files: [{ name: `${name}.safetensors` }] });
    const dying = world.open({
      fileSystem: { ...nodeFileSystem, symlink: () => Promise.reject(new Error('the process has ended')) },
    });
    const { appRoot } = world;
    const plan = await dying.planLinks({ app: 'comfyui', appRoot, models: world.list() });
    await expect(dying.apply(plan)).rejects.toThrow('the process has ended');
    await world.addModel({ files: [{ name: 'c.safetensors' }] });
    const next = await apply();
    const runs = await world.mapper.runs({ app: 'comfyui', appRoot });
    expect(runs.map(({ id, links, isFinished }) => [id === next.id, links, isFinished])).toEqual([
      [true, 1, true],
      [false, 2, false],
    ]);
    for (const run of runs) await world.mapper.undo(run);
    expect(await treeOf(world.appRoot)).not.toHaveProperty('models/checkpoints/a.safetensors');
    expect(await world.mapper.check()).toEqual([]);
  });
});
