import { mkdir, readFile, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, sha256, treeOf, type TestWorld } from '../mapper.test-world.ts';
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

describe('a plan that no longer fits', () => {
  it('is a conflict where a file came in the way, and the file stays', async () => {
    await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await world.addModel({ files: [{ name: 'b.safetensors' }] });
    const made = await plan();
    await mkdir(dirname(checkpoint('x')), { recursive: true });
    await writeFile(checkpoint('a.safetensors'), 'mine');
    expect(outcomes(await world.mapper.apply(made))).toEqual([
      ['conflict', 'foreign-file'],
      ['created', null],
    ]);
    expect(await readFile(checkpoint('a.safetensors'), 'utf8')).toBe('mine');
  });

  it('never writes through, or over, a link of others that dangles', async () => {
    await world.addModel({ files: [{ name: 'a.safetensors' }] });
    const made = await plan();
    await mkdir(dirname(checkpoint('x')), { recursive: true });
    await symlink(join(world.root, 'dangling'), checkpoint('a.safetensors'));
    expect(outcomes(await world.mapper.apply(made))).toEqual([['conflict', 'foreign-link']]);
    expect(await treeOf(dirname(checkpoint('x')))).toEqual({ 'a.safetensors': `-> ${join(world.root, 'dangling')}` });
  });

  it('is a conflict when our link was changed before it is replaced, removed or kept', async () => {
    const models = [];
    for (const name of ['a', 'b', 'c']) models.push(await world.addModel({ files: [{ name: `${name}.safetensors` }] }));
    await world.mapper.apply(await plan());
    const [replaced, removed] = models;
    await world.removeModel(removed as NonNullable<typeof removed>);
    const moved = join(world.libraryRoot, 'moved');
    await rename(replaced?.folder ?? '', moved);
    world.models.set(replaced?.record.id ?? '', {
      record: { ...(replaced as NonNullable<typeof replaced>).record, slug: 'moved' },
      folder: moved,
    });
    const made = await plan();
    expect(made.entries.map(({ action }) => action)).toEqual(['replace', 'keep', 'remove']);
    for (const name of ['a', 'b', 'c']) {
      await unlink(checkpoint(`${name}.safetensors`));
      await symlink('/elsewhere', checkpoint(`${name}.safetensors`));
    }
    const tree = await treeOf(world.appRoot);
    expect(outcomes(await world.mapper.apply(made))).toEqual([
      ['conflict', 'foreign-link'],
      ['conflict', 'foreign-link'],
      ['conflict', 'foreign-link'],
    ]);
    expect(await treeOf(world.appRoot)).toEqual(tree);
  });

  it('is a conflict when a kept link is gone', async () => {
    await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await world.mapper.apply(await plan());
    const made = await plan();
    await unlink(checkpoint('a.safetensors'));
    expect(outcomes(await world.mapper.apply(made))).toEqual([['conflict', 'changed-since']]);
  });

  it('is a conflict when the model is gone, its file is, or its content is another', async () => {
    const gone = await world.addModel({ files: [{ name: 'a.safetensors' }] });
    const missing = await world.addModel({ files: [{ name: 'b.safetensors' }] });
    const changed = await world.addModel({ files: [{ name: 'c.safetensors' }] });
    const made = await plan();
    await world.removeModel(gone);
    await rm(join(missing.folder, 'b.safetensors'));
    const files = changed.record.files.map((file) => ({ ...file, sha256: sha256('other') }));
    world.models.set(changed.record.id, { ...changed, record: { ...changed.record, files } });
    expect(outcomes(await world.mapper.apply(made))).toEqual([
      ['conflict', 'changed-since'],
      ['conflict', 'source-missing'],
      ['conflict', 'changed-since'],
    ]);
    expect(await treeOf(world.appRoot)).toEqual({ custom_nodes: '/' });
  });

  it('is a conflict when its folder became a link that leads elsewhere', async () => {
    await world.addModel({ files: [{ name: 'a.safetensors' }] });
    await world.mapper.apply(await plan());
    await world.addModel({ files: [{ name: 'b.safetensors' }] });
    const removing = await plan();
    const elsewhere = join(world.root, 'elsewhere');
    await rename(join(world.appRoot, 'models'), elsewhere);
    await symlink(elsewhere, join(world.appRoot, 'models'));
    expect(outcomes(await world.mapper.apply(removing))).toEqual([
      ['kept', null],
      ['conflict', 'folder-moved'],
    ]);
    await world.removeModel(world.list()[0] as NonNullable<ReturnType<TestWorld['list']>[0]>);
    const tree = await treeOf(elsewhere);
    await world.mapper.apply({
      ...removing,
      entries: removing.entries.map((entry) => ({ ...entry, action: 'remove' as const })),
    });
    expect(await treeOf(elsewhere)).toEqual(tree);
  });

  it('is a conflict when nothing is recorded for what it removes', async () => {
    const model = await world.addModel({ files: [{ name: 'a.safetensors' }] });
    const made = await plan();
    await mkdir(dirname(checkpoint('x')), { recursive: true });
    await symlink(join(model.folder, 'a.safetensors'), checkpoint('a.safetensors'));
    const removing = { ...made, entries: made.entries.map((entry) => ({ ...entry, action: 'remove' as const })) };
    expect(outcomes(await world.mapper.apply(removing))).toEqual([['kept', 'already-gone']]);
    expect(await treeOf(dirname(checkpoint('x')))).not.toEqual({});
  });

  it('is refused as a whole when the folder of the app leads elsewhere now', async () => {
    const made = await plan();
    await rename(world.appRoot, join(world.root, 'moved'));
    await expect(world.mapper.apply(made)).rejects.toMatchObject({ code: 'mapper.app-root' });
    await symlink(join(world.root, 'moved'), world.appRoot);
    await expect(world.mapper.apply(made)).rejects.toMatchObject({ code: 'mapper.stale-plan' });
  });
});
