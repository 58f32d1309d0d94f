import { mkdir, symlink, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createIo } from '@modelkeep/io';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWorld, testModel, treeOf, type TestWorld } from '../mapper.test-world.ts';
import type { Mapper } from '../mapper.ts';
import type { LinkPlan } from '../plan/link-plan.ts';

const io = createIo({ workers: 'in-thread' });
let world: TestWorld;
let mapper: Mapper;
let asked: number;
beforeEach(async () => {
  world = await createWorld();
  asked = 0;
  mapper = world.open({
    kindsOf: (paths, signal) => {
      asked += paths.length;
      return io.kindsOf(paths, signal);
    },
  });
  const folder = join(world.libraryRoot, 'many');
  await mkdir(folder);
  for (let index = 0; index < 300; index += 1) {
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
const source = (index: number): string => join(world.libraryRoot, 'many', `${index}.safetensors`);

it('looks at many places in one go, and sees what came there since the plan', async () => {
  const planned = await plan();
  expect(asked).toBe(300);
  await mkdir(dirname(target(0)), { recursive: true });
  await writeFile(target(0), 'mine');
  await symlink('/nowhere', target(1));
  await symlink(source(2), target(2));
  await mkdir(target(3));

  const { counts, results } = await mapper.apply(planned);
  // All links of the first batch; those of the second are too few.
  expect(asked).toBe(300 + 256);
  expect(counts).toMatchObject({ created: 296, kept: 1, conflict: 3 });
  const reasons = results.flatMap(({ outcome, reason }) => (outcome === 'conflict' ? [String(reason?.code)] : []));
  expect(reasons.toSorted()).toEqual(['foreign-file', 'foreign-file', 'foreign-link']);

  await mapper.unlinkAll({ app: 'comfyui', appRoot: world.appRoot });
  const left = await treeOf(join(world.appRoot, 'models'));
  expect(left).toEqual({
    checkpoints: '/',
    'checkpoints/0.safetensors': '4',
    'checkpoints/1.safetensors': '-> /nowhere',
    'checkpoints/2.safetensors': `-> ${source(2)}`,
    'checkpoints/3.safetensors': '/',
  });
});

it('skips a model whose file is gone, and one whose file is a link', async () => {
  await unlink(source(0));
  await unlink(source(1));
  await symlink(source(2), source(1));
  const { counts, entries } = await plan();
  expect(counts).toMatchObject({ create: 298, skipped: 2 });
  const reasons = entries.flatMap(({ action, reason }) => (action === 'skipped' ? [String(reason?.code)] : []));
  expect(reasons.toSorted()).toEqual(['source-missing', 'source-not-in-library']);
});
