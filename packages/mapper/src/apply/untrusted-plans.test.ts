import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, treeOf, type TestWorld } from '../mapper.test-world.ts';
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

describe('a plan that comes back from outside', () => {
  const edited = async (change: (plan: LinkPlan) => unknown): Promise<LinkPlan> => {
    await world.addModel({ files: [{ name: 'a.safetensors' }] });
    return change(JSON.parse(JSON.stringify(await plan())) as LinkPlan) as LinkPlan;
  };
  const withEntry = (change: Record<string, unknown>) => (made: LinkPlan) => ({
    ...made,
    entries: made.entries.map((entry) => ({ ...entry, ...change })),
  });

  it.each<[string, (plan: LinkPlan) => unknown]>([
    ['/entries', (made) => ({ ...made, entries: 'all' })],
    ['/id', (made) => ({ ...made, id: '../x' })],
    ['/appRoot', (made) => ({ ...made, appRoot: '' })],
    ['/', () => null],
    ['/entries/0', (made) => ({ ...made, entries: [null] })],
    ['/entries/0/action', withEntry({ action: 'delete' })],
    ['/entries/0/modelId', withEntry({ modelId: 7 })],
    ['/entries/0/fileSha256', withEntry({ fileSha256: '../../x' })],
    ['/entries/0/source', withEntry({ source: null })],
    ['/entries/0/source', withEntry({ source: 'etc/passwd' })],
    ['/entries/0/source', withEntry({ source: '/etc/passwd\0.safetensors' })],
    ['/entries/0/target', withEntry({ target: null })],
    ['/entries/0/target', withEntry({ target: 'models/checkpoints/a.safetensors' })],
    ['/entries/0/target', withEntry({ target: '/etc/cron.d/job' })],
    ['/entries/0/folder', withEntry({ folder: '../..' })],
    ['/entries/0/folder', withEntry({ folder: 'custom_nodes' })],
    ['/entries/0/folder', withEntry({ folder: 'models/checkpoints/..' })],
    ['/entries/0/name', withEntry({ name: '../a.safetensors' })],
    ['/entries/0/name', withEntry({ name: '/a.safetensors' })],
    ['/entries/0/name', withEntry({ name: 'x/../../a.safetensors' })],
    ['/entries/0/reason/code', withEntry({ reason: { code: 'because', message: '' } })],
  ])('is refused when %s is wrong, and nothing is touched', async (pointer, change) => {
    const made = await edited(change);
    const before = await treeOf(world.root);
    await expect(world.mapper.apply(made)).rejects.toMatchObject({ code: 'mapper.invalid-plan', facts: { pointer } });
    expect(await treeOf(world.root)).toEqual(before);
  });

  it.each<[string, (world: TestWorld) => Record<string, unknown>, string]>([
    ['another file of the machine', () => ({ source: '/etc/passwd' }), 'changed-since'],
    [
      'a file beside the model',
      ({ libraryRoot }) => ({ source: join(libraryRoot, 'modelkeep.json') }),
      'changed-since',
    ],
    ['the folder of the model', (it) => ({ source: it.list()[0]?.folder }), 'changed-since'],
    [
      'a target in another folder',
      ({ appRoot }) => ({ target: join(appRoot, 'custom_nodes/a.safetensors') }),
      'folder-moved',
    ],
    ['a target outside', ({ root }) => ({ target: join(root, 'a.safetensors') }), 'folder-moved'],
    [
      'a target upwards',
      ({ appRoot }) => ({ target: `${appRoot}/models/checkpoints/../../../a.safetensors` }),
      'folder-moved',
    ],
    ['an unknown model', () => ({ modelId: '01890000-0000-7000-8000-000000000000' }), 'changed-since'],
  ])('links no %s', async (_case, change, code) => {
    const made = await edited((it) => it);
    const applied = await world.mapper.apply(withEntry(change(world))(made));
    expect(outcomes(applied)).toEqual([['conflict', code]]);
    expect(await treeOf(world.appRoot)).toEqual({ custom_nodes: '/' });
    expect(await world.mapper.check()).toEqual([]);
  });

  it('is refused when it names another folder than the one that was granted', async () => {
    const other = join(world.root, 'other');
    await mkdir(other);
    const made = await edited((it) => ({ ...it, appRoot: other }));
    await expect(world.mapper.apply(made, { appRoot: world.appRoot })).rejects.toMatchObject({
      code: 'mapper.stale-plan',
    });
    expect(await treeOf(other)).toEqual({});
  });

  it('may have fewer lines, and other names', async () => {
    await world.addModel({ type: 'vae' });
    const made = await edited((it) => it);
    const entries = made.entries
      .slice(1)
      .map((entry) => ({ ...entry, name: 'mine/b.safetensors', target: checkpoint('mine/b.safetensors') }));
    expect(outcomes(await world.mapper.apply({ ...made, entries }))).toEqual([['created', null]]);
    expect(Object.keys(await treeOf(join(world.appRoot, 'models')))).toEqual([
      'checkpoints',
      'checkpoints/mine',
      'checkpoints/mine/b.safetensors',
    ]);
    await world.mapper.unlinkAll({ app: 'comfyui', appRoot: world.appRoot });
    expect(await treeOf(world.appRoot)).toEqual({ custom_nodes: '/' });
  });

  it('passes on its conflicts and what it skips', async () => {
    const made = await edited((it) => it);
    await world.addModel({ type: 'llm' });
    await mkdir(checkpoint('a.safetensors'), { recursive: true });
    const conflicting = await plan();
    expect(outcomes(await world.mapper.apply(conflicting))).toEqual([
      ['conflict', 'foreign-file'],
      ['skipped', 'type-not-mapped'],
    ]);
    expect(outcomes(await world.mapper.apply(withEntry({ action: 'conflict' })(made) as LinkPlan))).toEqual([
      ['conflict', 'changed-since'],
    ]);
  });
});
