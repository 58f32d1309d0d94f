import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, describe, it } from 'vitest';
import type { AppliedPlan } from './apply/applied-plan.ts';
import { runKillTask, type KillTask } from './kill-points.test-task.ts';
import { createWorld, treeOf, type TestWorld } from './mapper.test-world.ts';
import { randomFrom } from './random.test-helper.ts';
import type { RegisteredLink } from './registry/link-row.ts';

/** Real kills; dying-process.test.ts has many more points. More of both by an environment variable, for a nightly run. */
const POINTS = Number(process.env['MODELKEEP_KILL_POINTS'] ?? 36);
const actions = ['apply', 'undo', 'unlinkAll'] as const;
/** Times that several processes work on one app at once, some of which end in the midst of it. */
const CROWDS = Math.max(2, Math.ceil(Number(process.env['MODELKEEP_KILL_POINTS'] ?? 0) / 10));

/** An app that is mapped, with a file and a link of its user, and a library that has changed since. */
async function prepare(
  action: KillTask['action'],
): Promise<{ world: TestWorld; task: KillTask; before: Record<string, string> }> {
  const world = await createWorld();
  const { appRoot } = world;
  await mkdir(join(appRoot, 'models/vae'), { recursive: true });
  await writeFile(join(appRoot, 'models/vae/mine.safetensors'), 'mine');
  await symlink('/elsewhere', join(appRoot, 'models/vae/mine-too.safetensors'));
  const apply = async (): Promise<AppliedPlan> =>
    world.mapper.apply(await world.mapper.planLinks({ app: 'comfyui', appRoot, models: world.list() }));

  const kept = [];
  for (const name of ['moved', 'removed', 'kept'])
    kept.push(await world.addModel({ type: 'vae', files: [{ name: `${name}.safetensors` }] }));
  kept.push(await world.addModel({ type: 'controlnet', files: [{ name: 'last-of-its-folder.safetensors' }] }));
  await apply();
  const before = await treeOf(appRoot);
  const [moved, removed, , last] = kept;
  if (moved === undefined || removed === undefined || last === undefined) throw new Error('three models were made');
  const folder = join(world.libraryRoot, 'moved');
  await rename(moved.folder, folder);
  await symlink(folder, moved.folder);
  world.models.set(moved.record.id, { ...moved, folder });
  world.models.delete(removed.record.id);
  world.models.delete(last.record.id);
  for (const name of ['new-1', 'new-2'])
    await world.addModel({ type: 'lora', files: [{ name: `${name}.safetensors` }] });

  const applied = action === 'apply' ? null : await apply();
  const task = { action, appRoot, database: world.database.path, models: world.list(), applied, killAt: null };
  return { world, task, before };
}

/** The user's own things, as they were. */
async function expectUntouched({ appRoot }: TestWorld): Promise<void> {
  expect(await readFile(join(appRoot, 'models/vae/mine.safetensors'), 'utf8')).toBe('mine');
  expect((await treeOf(appRoot))['models/vae/mine-too.safetensors']).toBe('-> /elsewhere');
}

async function expectRecovered(world: TestWorld): Promise<void> {
  const results = await world.mapper.recover();
  expect(results.filter(({ outcome }) => outcome === 'conflict' || outcome === 'failed')).toEqual([]);
  const checked = await world.mapper.check();
  // What was moved or left the library before is told as such, and nothing else.
  const isChanged = ({ modelId, target }: RegisteredLink): boolean =>
    !world.models.has(modelId) || target.endsWith('/moved.safetensors');
  const healths = (link: RegisteredLink): readonly string[] => (isChanged(link) ? ['ok', 'moved', 'stale'] : ['ok']);
  expect(checked.filter(({ link, health }) => link.state !== 'done' || !healths(link).includes(health))).toEqual([]);
  const recorded = checked.map(({ link }) => link.target);
  const tree = Object.entries(await treeOf(world.appRoot)).filter(([, what]) => what.startsWith('->'));
  const links = tree
    .map(([name]) => join(world.appRoot, name))
    .filter((name) => !name.endsWith('mine-too.safetensors'));
  expect(links.toSorted()).toEqual(recorded.toSorted());
}

async function finalState(world: TestWorld, task: KillTask): Promise<Record<string, string>> {
  const { mapper } = world;
  if (task.action === 'apply')
    await mapper.apply(await mapper.planLinks({ app: 'comfyui', appRoot: task.appRoot, models: task.models }));
  if (task.action === 'undo' && task.applied !== null) await mapper.undo(task.applied);
  if (task.action === 'unlinkAll') await mapper.unlinkAll({ app: 'comfyui', appRoot: task.appRoot });
  return treeOf(task.appRoot);
}

/** Link targets are in a temporary folder of each world: without it the trees of two worlds compare. */
const relativeTo = (root: string, tree: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(tree).map(([name, what]) => [name, what.replace(root, '').replace(/model-\d+/, 'model')]),
  );

describe.each(actions)('%s, cut off by SIGKILL', (action) => {
  it('loses no link, leaves none behind, touches nothing of others, and can go on', { timeout: 600_000 }, async () => {
    const whole = await prepare(action);
    const steps = (await runKillTask(whole.world.root, whole.task)) ?? 0;
    const expected = relativeTo(whole.world.root, await treeOf(whole.world.appRoot));
    if (action === 'undo') expect(expected).toEqual(relativeTo(whole.world.root, whole.before));
    await whole.world.close();
    expect(steps).toBeGreaterThan(12);

    const points = Math.max(1, Math.min(steps, Math.ceil(POINTS / actions.length)));
    for (let point = 0; point < points; point += 1) {
      const { world, task } = await prepare(action);
      try {
        const killAt = Math.floor((point * steps) / points);
        expect(await runKillTask(world.root, { ...task, killAt })).toBe(null);
        await expectUntouched(world);
        await expectRecovered(world);
        expect(relativeTo(world.root, await finalState(world, task))).toEqual(expected);
        await expectUntouched(world);
      } finally {
        await world.close();
      }
    }
  });
});

describe('processes that map at once', () => {
  it.each(Array.from({ length: CROWDS }, (_, seed) => seed))(
    'undo, repair and die lose nothing, leave nothing, and touch nothing of others (crowd %i)',
    { timeout: 120_000 },
    async (seed) => {
      const random = randomFrom(seed + 1);
      const { world, task } = await prepare('apply');
      try {
        const crowd = [null, null, random(40), random(80)].map((killAt) =>
          runKillTask(world.root, { ...task, action: 'mixed', inCrowd: true, seed: random(1_000_000), killAt }),
        );
        const ended = await Promise.allSettled(crowd);
        expect(ended.filter(({ status }) => status === 'rejected')).toEqual([]);
        await expectUntouched(world);
        await expectRecovered(world);
        await finalState(world, task);
        const last = await world.mapper.check();
        expect(last.map(({ health }) => health)).toEqual(task.models.map(() => 'ok'));
        await world.mapper.unlinkAll({ app: 'comfyui', appRoot: task.appRoot });
        const left = Object.entries(await treeOf(task.appRoot)).filter(([, what]) => what !== '/');
        expect(left.map(([name]) => name)).toEqual(['models/vae/mine-too.safetensors', 'models/vae/mine.safetensors']);
      } finally {
        await world.close();
      }
    },
  );

  it('agree', { timeout: 60_000 }, async () => {
    const { world, task } = await prepare('apply');
    try {
      const steps = await Promise.all(
        Array.from({ length: 4 }, () => runKillTask(world.root, { ...task, inCrowd: true })),
      );
      expect(steps.every((count) => count !== null)).toBe(true);
      await expectRecovered(world);
      await expectUntouched(world);
      const plan = await world.mapper.planLinks({ app: 'comfyui', appRoot: task.appRoot, models: task.models });
      expect(plan.entries.map(({ action }) => action)).toEqual(['keep', 'keep', 'keep', 'keep']);
    } finally {
      await world.close();
    }
  });
});
