import { mkdir, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createIo } from '@modelkeep/io';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWorld, testModel, type TestWorld } from '../mapper.test-world.ts';
import type { Mapper } from '../mapper.ts';
import type { LinkPlan } from '../plan/link-plan.ts';

const MODELS = 300;
const io = createIo({ workers: 'in-thread' });
let world: TestWorld;
let mapper: Mapper;
let asked: number;
beforeEach(async () => {
  world = await createWorld();
  asked = 0;
  mapper = world.open({
    readLinkTexts: (paths, signal) => {
      asked += paths.length;
      return io.linkTextsOf(paths, signal);
    },
  });
  const folder = join(world.libraryRoot, 'many');
  await mkdir(folder);
  for (let index = 0; index < MODELS; index += 1) {
    const name = `${index}.safetensors`;
    await writeFile(join(folder, name), name);
    const model = testModel(world.libraryRoot, { slug: 'many', files: [{ name }] });
    world.models.set(model.record.id, model);
  }
});
afterEach(() => world.close());

const plan = (): Promise<LinkPlan> =>
  mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, models: world.list() });
const target = (index: number): string => join(world.appRoot, 'models/checkpoints', `${index}.safetensors`);

it('links that are there are read in one go, once for the plan and once when it is applied', async () => {
  await mapper.apply(await plan());
  expect(asked).toBe(0);
  const { counts } = await mapper.apply(await plan());
  expect([counts.kept, asked]).toEqual([MODELS, 2 * MODELS]);
});

it('what came in the place of a link is seen as it is, before and after the plan', async () => {
  await mapper.apply(await plan());
  const change = async (first: number): Promise<void> => {
    for (let index = first; index < first + 4; index += 1) await unlink(target(index));
    await writeFile(target(first), 'mine');
    await symlink('/nowhere', target(first + 1));
    await mkdir(target(first + 2));
  };
  await change(0);
  const planned = await plan();
  const actions = Map.groupBy(planned.entries, ({ action }) => action);
  expect([...actions].map(([action, { length }]) => [action, length])).toEqual([
    ['conflict', 3],
    ['create', 1],
    ['keep', MODELS - 4],
  ]);

  await change(10);
  const { counts, results } = await mapper.apply(planned);
  expect(counts).toMatchObject({ created: 1, kept: MODELS - 8, conflict: 7 });
  const reasons = Map.groupBy(results, ({ reason }) => reason?.code);
  expect([...reasons].map(([code, { length }]) => [code, length])).toEqual([
    ['foreign-file', 4],
    ['foreign-link', 2],
    [undefined, MODELS - 7],
    ['changed-since', 1],
  ]);
});
