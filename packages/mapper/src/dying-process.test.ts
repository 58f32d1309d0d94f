import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppliedPlan } from './apply/applied-plan.ts';
import {
  createDyingWorld,
  mappingCases,
  type DyingWorld,
  type MappingCase,
  type Scene,
} from './dying-process.test-world.ts';
import { treeOf } from './mapper.test-world.ts';
import type { Mapper } from './mapper.ts';

/** Points in all; more of them by an environment variable, for a nightly run. */
const POINTS = Math.max(306, Number(process.env['MODELKEEP_KILL_POINTS'] ?? 0));
const actions = ['apply', 'undo', 'unlinkAll'] as const;
type Action = (typeof actions)[number];
const runs = mappingCases.flatMap((kind) => actions.map((action) => ({ kind, action, name: kind.name })));

let world: DyingWorld;
beforeAll(async () => {
  world = await createDyingWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** An app that is mapped, and a library that has changed since; for `undo` it is mapped again. */
async function prepare(kind: MappingCase, action: Action): Promise<{ scene: Scene; applied: AppliedPlan }> {
  const scene = await world.scene(kind);
  const { mapper } = scene.mapper(null);
  const first = await scene.apply(mapper);
  await scene.change();
  return { scene, applied: action === 'apply' ? first : await scene.apply(mapper) };
}

async function act(
  mapper: Mapper,
  { action, scene, applied }: { action: Action; scene: Scene; applied: AppliedPlan },
): Promise<void> {
  if (action === 'apply') await scene.apply(mapper);
  if (action === 'undo') await mapper.undo(applied);
  if (action === 'unlinkAll') await mapper.unlinkAll(applied);
}

/** Where a killed process leaves everything known and nothing half: each recorded link is there, and each link recorded. */
async function expectRecovered(scene: Scene): Promise<void> {
  const { mapper } = scene.mapper(null);
  const results = await mapper.recover();
  expect(results.filter(({ outcome }) => outcome === 'conflict' || outcome === 'failed')).toEqual([]);
  const checked = await mapper.check({ appRoot: scene.appRoot });
  const lost = new Set(['broken', 'foreign', 'missing', 'app-root-gone']);
  expect(checked.filter(({ link, health }) => link.state !== 'done' || lost.has(health))).toEqual([]);
  const recorded = checked.map(({ link }) => link.target.slice(scene.appRoot.length + 1));
  const there = Object.entries(await treeOf(scene.appRoot)).flatMap(([name, what]) => (what === '/' ? [] : [name]));
  const mine = new Set(['mine', 'blobs/mine', 'models/vae/mine.safetensors']);
  expect(there.filter((name) => !mine.has(name)).toSorted()).toEqual(recorded.toSorted());
}

describe.each(runs)('$action of $name, when the process ends', ({ kind, action }) => {
  it('loses no link, leaves none behind, touches nothing of others, and can go on', { timeout: 900_000 }, async () => {
    const whole = await prepare(kind, action);
    const { mapper, steps } = whole.scene.mapper(null);
    await act(mapper, { action, ...whole });
    const expected = whole.scene.relative(await treeOf(whole.scene.appRoot));
    const count = steps();
    await whole.scene.close();
    expect(count).toBeGreaterThan(12);

    const points = Math.min(count, Math.ceil(POINTS / runs.length));
    for (let point = 0; point < points; point += 1) {
      const { scene, applied } = await prepare(kind, action);
      const killed = scene.mapper(Math.floor((point * count) / points));
      const ended = await Promise.race([
        act(killed.mapper, { action, scene, applied }).then(() => 'ended'),
        killed.died,
      ]);
      /* Calls that run at once end in another order each time: the last points may not be reached. */
      if (ended !== 'died') expect(point).toBeGreaterThan(points / 2);
      await settle();
      await expectRecovered(scene);
      await act(scene.mapper(null).mapper, { action, scene, applied });
      expect(scene.relative(await treeOf(scene.appRoot))).toEqual(expected);
      await scene.close();
    }
  });
});

/** Calls that were under way when the process ended are done by the system, or were never made. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
