import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AppliedPlan } from '../apply/applied-plan.ts';
import { treeOf } from '../mapper.test-world.ts';
import { randomFrom, type Random } from '../random.test-helper.ts';
import type { MappableModel } from '../plan/mappable-model.ts';
import { createStoreWorld, storeProfile, type StoreWorld } from './store-world.test-helper.ts';

/** A drive that others write to takes seconds for what it is to make durable, and each sequence asks that hundreds of times. */
const PATIENCE_MS = 600_000;
/** Sequences for each store; more of them by an environment variable, for a nightly run. */
const SEEDS = Math.max(3, Math.ceil(Number(process.env['MODELKEEP_MAPPER_SEEDS'] ?? 0) / 4));
const STEPS = 24;
const formats = ['ollama', 'hugging-face', 'lm-studio'] as const;
const sequences = formats.flatMap((format) => Array.from({ length: SEEDS }, (_, seed) => ({ format, seed })));

/** What the store would be if it were filled for the first time, without the files of its user. */
async function freshTree(world: StoreWorld, app: string, name: string): Promise<Record<string, string>> {
  const appRoot = join(world.root, name);
  await mkdir(appRoot);
  const mapper = world.open({ machineId: name });
  await mapper.apply(await mapper.planLinks({ app, appRoot, models: world.list() }));
  const tree = await filesOf(appRoot);
  await rm(appRoot, { recursive: true });
  return tree;
}

async function filesOf(folder: string): Promise<Record<string, string>> {
  const tree = Object.entries(await treeOf(folder)).filter(([, what]) => what !== '/');
  return Object.fromEntries(tree.filter(([path]) => !path.startsWith('mine')));
}

/** A model comes, goes, or is kept out by its overrides, or is let in again. Some have the bytes of another one. */
async function change(world: StoreWorld, app: string, step: number, random: Random): Promise<void> {
  const models = world.list();
  const model: MappableModel | undefined = models[random(Math.max(1, models.length))];
  const what = random(5);
  if (what < 3 || model === undefined) {
    const weights = `the weights of model ${random(4)}, which several have`;
    await world.addHubModel(`acme/model-${step}`, { [`model-${step}.gguf`]: weights, 'config.json': '{"small":1}' });
  } else if (what === 3) {
    await world.mapper.unlinkModel(model.record.id);
    await world.removeModel(model);
  } else {
    const link = random(2) === 0;
    const mapping = { apps: { [app]: { link } }, versionRanges: {}, problems: {} };
    world.models.set(model.record.id, { ...model, record: { ...model.record, mapping } });
  }
}

/** What a run brought that later ones need stays: all that was whole, and is there, is whole. */
async function undoOld(world: StoreWorld, [run]: readonly AppliedPlan[]): Promise<void> {
  if (run === undefined) return;
  const whole = await wholeIn(world.storeRoot);
  await world.mapper.undo(run);
  const there = await filesOf(world.storeRoot);
  const still = await wholeIn(world.storeRoot);
  for (const path of whole) if (path in there) expect(still, `${path} lacks what it refers to`).toContain(path);
}

/** The names that lead somewhere, and the manifests whose blobs are all there. */
async function wholeIn(storeRoot: string): Promise<readonly string[]> {
  const whole: string[] = [];
  for (const path of Object.keys(await filesOf(storeRoot))) {
    const text = await readFile(join(storeRoot, path), 'utf8').catch(() => null);
    const digests = path.startsWith('manifests/') ? (text?.match(/sha256:[0-9a-f]{64}/gu) ?? []) : [];
    const blobs = digests.map((digest) => stat(join(storeRoot, 'blobs', digest.replace(':', '-'))));
    if (text !== null && (await Promise.allSettled(blobs)).every(({ status }) => status === 'fulfilled'))
      whole.push(path);
  }
  return whole;
}

describe.each(sequences)('any sequence of changes ($format, seed $seed)', ({ format, seed }) => {
  it(
    'leaves the store as if it were filled for the first time, and what is not ours as it was',
    { timeout: PATIENCE_MS },
    async () => {
      const world = await createStoreWorld(format);
      const app = storeProfile(format).id;
      const random = randomFrom(seed + 1);
      const mine = join(world.storeRoot, 'mine', 'file');
      try {
        await mkdir(dirname(mine));
        await writeFile(mine, 'mine');
        const runs: AppliedPlan[] = [];
        for (let step = 0; step < STEPS; step += 1) {
          if (random(5) < 3) {
            await change(world, app, step, random);
            continue;
          }
          const before = await filesOf(world.storeRoot);
          const applied = await world.apply();
          expect(applied.counts).toMatchObject({ conflict: 0, failed: 0 });
          expect(await filesOf(world.storeRoot)).toEqual(await freshTree(world, app, `fresh-${step}`));
          expect((await world.mapper.check()).filter(({ health }) => health !== 'ok')).toEqual([]);
          expect((await world.apply()).counts).toMatchObject({ created: 0, replaced: 0, removed: 0, conflict: 0 });
          const what = random(4);
          if (what === 0) {
            await world.mapper.undo(applied);
            expect(await filesOf(world.storeRoot)).toEqual(before);
          } else runs.push(applied);
          if (what === 1) await undoOld(world, runs.splice(random(runs.length), 1));
        }
        await world.mapper.unlinkAll({ app, appRoot: world.storeRoot });
        expect(Object.keys(await treeOf(world.storeRoot))).toEqual(['mine', 'mine/file']);
        expect(await readFile(mine, 'utf8')).toBe('mine');
      } finally {
        await world.close();
      }
    },
  );
});
