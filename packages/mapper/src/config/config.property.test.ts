import { mkdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelType } from '@modelkeep/core';
import { describe, expect, it } from 'vitest';
import type { AppliedPlan } from '../apply/applied-plan.ts';
import { createWorld, treeOf, type TestWorld } from '../mapper.test-world.ts';
import type { Mapper } from '../mapper.ts';
import { randomFrom, randomMapping, randomVersions, type Random } from '../random.test-helper.ts';

/** A drive that others write to takes seconds for what it is to make durable, and each sequence asks that hundreds of times. */
const PATIENCE_MS = 600_000;
/** Sequences; more of them by an environment variable, for a nightly run. */
const SEEDS = Math.max(4, Math.ceil(Number(process.env['MODELKEEP_MAPPER_SEEDS'] ?? 0) / 3));
const STEPS = 24;
const types: readonly ModelType[] = ['checkpoint', 'lora', 'vae', 'text-encoder'];
const FILE = 'extra_model_paths.yaml';

/** An app that is led to its models by a config file of its user's. */
interface Run {
  readonly world: TestWorld;
  readonly mapper: Mapper;
  readonly random: Random;
  appVersion: string | undefined;
  /** What the user wrote into the config file; null: there is none. */
  userText: string | null;
}

/** What a mapping has made: the links in the view and the config file. */
interface Made {
  readonly links: Record<string, string>;
  readonly text: string | null;
}

const read = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null);
const viewsOf = (root: string): string => join(root, 'views');

async function made(appRoot: string, views: string): Promise<Made> {
  const tree = Object.entries(await treeOf(views).catch(() => ({}))).filter(([, what]) => what !== '/');
  const inView = tree.map(([path, what]) => [path.slice(path.indexOf('/') + 1), what] as const);
  const text = await read(join(appRoot, FILE));
  return {
    links: Object.fromEntries(inView),
    text: text === null ? null : text.replaceAll(/"[^"]*\/comfyui-[0-9a-f]{12}\//gu, '"VIEW/'),
  };
}

const now = ({ world }: Run): Promise<Made> => made(world.appRoot, viewsOf(world.root));

async function map({ world, appVersion }: Run, mapper: Mapper, appRoot: string): Promise<AppliedPlan> {
  const models = world.list();
  return mapper.apply(await mapper.planLinks({ app: 'comfyui', appRoot, appVersion, way: 'config', models }));
}

/** What the first mapping of an app whose user has written the same would make. */
async function fresh(run: Run, name: string): Promise<Made> {
  const { world, userText } = run;
  const root = join(world.root, name);
  const appRoot = join(root, 'ComfyUI');
  await mkdir(join(appRoot, 'custom_nodes'), { recursive: true });
  if (userText !== null) await writeFile(join(appRoot, FILE), userText);
  await map(run, world.open({ machineId: name, viewFolder: viewsOf(root), platform: 'linux' }), appRoot);
  const result = await made(appRoot, viewsOf(root));
  await rm(root, { recursive: true });
  return result;
}

async function changeLibrary({ world, random }: Run, name: string): Promise<void> {
  const models = world.list();
  const model = models[random(Math.max(1, models.length))];
  const what = random(6);
  if (what < 3 || model === undefined) {
    const type = types[random(types.length)] ?? 'lora';
    await world.addModel({ type, files: [{ name: `${name}.safetensors`, content: crypto.randomUUID() }] });
  } else if (what === 3) await world.removeModel(model);
  else {
    const mapping = randomMapping(random, name);
    world.models.set(model.record.id, { ...model, record: { ...model.record, mapping } });
  }
}

/** The user writes on in the file, above our part or below it, or removes it; or the app is another version now. */
async function meddle(run: Run, name: string): Promise<void> {
  const { world, random } = run;
  const path = join(world.appRoot, FILE);
  const text = (await read(path)) ?? '';
  const line = `# ${name}\n${name}:\n  loras: /loras/${name}\n`;
  const what = random(4);
  if (what === 0) run.appVersion = randomVersions[random(randomVersions.length)];
  if (what === 1) {
    await writeFile(path, `${line}${text}`);
    run.userText = `${line}${run.userText ?? ''}`;
  }
  if (what === 2) {
    await writeFile(path, `${text}${line}`);
    run.userText = `${run.userText ?? ''}${line}`;
  }
  if (what === 3) {
    await unlink(path).catch(() => {});
    run.userText = null;
  }
}

describe('any sequence of changes of an app that is mapped by its config file', () => {
  it.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
    'leaves what a fresh mapping gives, and what the user wrote (seed %i)',
    { timeout: PATIENCE_MS },
    async (seed) => {
      const world = await createWorld();
      const mapper = world.open({ viewFolder: viewsOf(world.root), platform: 'linux' });
      const run: Run = { world, mapper, random: randomFrom(seed + 1), appVersion: undefined, userText: null };
      const place = { app: 'comfyui', appRoot: world.appRoot };
      try {
        for (let step = 0; step < STEPS; step += 1) {
          const what = run.random(10);
          if (what < 4) await changeLibrary(run, `model-${step}`);
          else if (what < 6) await meddle(run, `mine-${step}`);
          else {
            const before = await now(run);
            const applied = await map(run, mapper, world.appRoot);
            expect(applied.counts).toMatchObject({ conflict: 0, failed: 0 });
            const expected = await fresh(run, `fresh-${step}`);
            expect(await now(run)).toEqual(expected);
            if (what === 9) {
              await mapper.undo(applied);
              expect(await now(run)).toEqual(before);
            } else if (what === 8) {
              await mapper.repair(place);
              expect((await now(run)).text).toEqual(expected.text);
              const again = await map(run, mapper, world.appRoot);
              expect(again.counts).toMatchObject({ created: 0, replaced: 0, removed: 0, conflict: 0 });
              expect(again.files.every(({ outcome }) => outcome === 'kept')).toBe(true);
            }
          }
        }
        await mapper.unlinkAll(place);
        expect(await now(run)).toEqual({ links: {}, text: run.userText });
        expect(Object.keys(await treeOf(world.appRoot)).filter((path) => path !== FILE)).toEqual(['custom_nodes']);
      } finally {
        await world.close();
      }
    },
  );
});
