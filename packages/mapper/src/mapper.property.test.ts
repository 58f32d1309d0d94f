import { mkdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ModelType } from '@modelkeep/core';
import { describe, expect, it } from 'vitest';
import type { UndoPlanEntry } from './apply/plan-undo.ts';
import type { AppliedPlan } from './apply/applied-plan.ts';
import type { Mapper } from './mapper.ts';
import { createWorld, treeOf, type TestWorld } from './mapper.test-world.ts';
import { randomFrom, randomMapping, randomVersions, type Random } from './random.test-helper.ts';

/** A drive that others write to takes seconds for what it is to make durable, and each sequence asks that hundreds of times. */
const PATIENCE_MS = 600_000;
/** Sequences; more of them by an environment variable, for a nightly run. */
const SEEDS = Number(process.env['MODELKEEP_MAPPER_SEEDS'] ?? 12);
const STEPS = 40;
const types: readonly ModelType[] = ['checkpoint', 'lora', 'vae', 'text-encoder', 'llm'];

interface Run {
  readonly world: TestWorld;
  readonly random: Random;
  /** Files of the user by their path in the app. */
  readonly foreign: Map<string, string>;
  appVersion: string | undefined;
}

interface Place {
  readonly appRoot: string;
  readonly appVersion: string | undefined;
}

const map = async (mapper: Mapper, world: TestWorld, place: Place): Promise<AppliedPlan> =>
  mapper.apply(await mapper.planLinks({ app: 'comfyui', ...place, models: world.list() }));

/** The app's folder as it would be if it were mapped for the first time, with the files of the user in it. */
async function freshTree({ world, foreign, appVersion }: Run, seed: string): Promise<Record<string, string>> {
  const appRoot = join(world.root, `fresh-${seed}`);
  await mkdir(join(appRoot, 'custom_nodes'), { recursive: true });
  for (const [path, content] of foreign) {
    await mkdir(dirname(join(appRoot, path)), { recursive: true });
    await writeFile(join(appRoot, path), content);
  }
  await map(world.open({ machineId: seed }), world, { appRoot, appVersion });
  const tree = await treeOf(appRoot);
  await rm(appRoot, { recursive: true });
  return tree;
}

async function expectForeignUntouched({ world, foreign }: Run): Promise<void> {
  for (const [path, content] of foreign) expect(await readFile(join(world.appRoot, path), 'utf8')).toBe(content);
}

async function changeLibrary({ world, random }: Run, name: string): Promise<void> {
  const models = world.list();
  const model = models[random(Math.max(1, models.length))];
  const what = random(5);
  if (what < 3 || model === undefined) {
    const type = types[random(types.length)] ?? 'lora';
    await world.addModel({ type, files: [{ name: `${name}.safetensors`, content: crypto.randomUUID() }] });
  } else if (what === 3) {
    await world.removeModel(model);
  } else {
    const folder = join(world.libraryRoot, crypto.randomUUID());
    await rename(model.folder, folder);
    world.models.set(model.record.id, { ...model, folder });
  }
}

/** A person says something about a model, or the app is another version now. */
async function decide(run: Run, name: string): Promise<void> {
  const { world, random } = run;
  if (random(3) === 0) run.appVersion = randomVersions[random(randomVersions.length)];
  const models = world.list();
  const model = models[random(Math.max(1, models.length))];
  if (model === undefined) return;
  const mapping = randomMapping(random, name);
  world.models.set(model.record.id, { ...model, record: { ...model.record, mapping } });
}

async function meddle({ world, random, foreign }: Run, name: string): Promise<void> {
  const links = (await world.mapper.check()).filter(({ health }) => health === 'ok' || health === 'broken');
  const link = links[random(Math.max(1, links.length))]?.link;
  const what = random(3);
  if (what > 0 && link !== undefined) await unlink(link.target);
  if (what === 1) return;
  const path =
    what === 2 && link !== undefined
      ? `${link.folder}/${link.target.slice(dirname(link.target).length + 1)}`
      : `models/loras/${name}.safetensors`;
  await mkdir(dirname(join(world.appRoot, path)), { recursive: true });
  await writeFile(join(world.appRoot, path), name, { flag: 'wx' });
  foreign.set(path, name);
}

describe('any sequence of changes', () => {
  it.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
    'leaves what a fresh mapping gives (seed %i)',
    { timeout: PATIENCE_MS },
    async (seed) => {
      const world = await createWorld();
      const run: Run = { world, random: randomFrom(seed + 1), foreign: new Map(), appVersion: undefined };
      try {
        for (let step = 0; step < STEPS; step += 1) {
          const what = run.random(13);
          if (what > 9) await decide(run, `said-${step}`);
          else if (what < 5) await changeLibrary(run, `model-${step}`);
          else if (what < 6) await meddle(run, `mine-${step}`);
          else {
            const before = await treeOf(world.appRoot);
            const applied = await map(world.mapper, world, { ...world, appVersion: run.appVersion });
            expect(await treeOf(world.appRoot)).toEqual(await freshTree(run, `${seed}-${step}`));
            if (what === 9) {
              const { entries } = await world.mapper.planUndo(applied);
              const { results } = await world.mapper.undo(applied);
              expect(entries.map(asDone)).toEqual(results.map(({ target, outcome }) => [target, outcome]));
              expect(withoutFolders(await treeOf(world.appRoot))).toEqual(withoutFolders(before));
            }
          }
          await expectForeignUntouched(run);
        }
        await world.mapper.unlinkAll({ app: 'comfyui', appRoot: world.appRoot });
        const left = Object.entries(await treeOf(world.appRoot)).filter(([, what]) => what !== '/');
        expect(left.map(([path]) => path).toSorted()).toEqual([...run.foreign.keys()].toSorted());
        await expectForeignUntouched(run);
      } finally {
        await world.close();
      }
    },
  );

  it.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
    'keeps names of linked models where names collide (seed %i)',
    { timeout: PATIENCE_MS },
    async (seed) => {
      const world = await createWorld();
      const run: Run = { world, random: randomFrom(1000 + seed), foreign: new Map(), appVersion: undefined };
      const names = ['model', 'MODEL', 'flux'];
      let linked = new Map<string, string>();
      try {
        for (let step = 0; step < STEPS; step += 1) {
          if (run.random(3) > 0) {
            await changeLibrary(run, names[run.random(names.length)] ?? 'model');
            continue;
          }
          await map(world.mapper, world, { ...world, appVersion: run.appVersion });
          const tree = await treeOf(world.appRoot);
          const fresh = await freshTree(run, `${seed}-${step}`);
          expect(linkedSources(tree)).toEqual(linkedSources(fresh));
          const paths = Object.keys(tree).map((path) => path.toLowerCase());
          expect(new Set(paths).size).toBe(paths.length);
          const now = new Map((await world.mapper.check()).map(({ link }) => [link.modelId, link.target]));
          for (const [modelId, target] of linked) if (now.has(modelId)) expect(now.get(modelId)).toBe(target);
          linked = now;
        }
      } finally {
        await world.close();
      }
    },
  );
});

/** A line of a plan of an undo, in the words of its result. */
function asDone({ target, action }: UndoPlanEntry): readonly [string | null, string] {
  const done = { create: 'created', keep: 'kept', replace: 'replaced', remove: 'removed' };
  return [target, action in done ? done[action as keyof typeof done] : action];
}

/** Folders of ours that the user had emptied before are not made again by an undo. */
function withoutFolders(tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).filter(([, what]) => what !== '/'));
}

/** Which files are linked in which folder, whatever their names are. */
function linkedSources(tree: Record<string, string>): readonly string[] {
  return Object.entries(tree)
    .filter(([, what]) => what.startsWith('->'))
    .map(([path, what]) => `${dirname(path)} ${what}`)
    .toSorted();
}
