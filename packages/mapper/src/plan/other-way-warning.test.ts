import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mapper } from '../mapper.ts';
import { createWorld, type TestWorld } from '../mapper.test-world.ts';
import type { LinkPlan } from './link-plan.ts';

let world: TestWorld;
let mapper: Mapper;
beforeEach(async () => {
  world = await createWorld();
  await mkdir(join(world.libraryRoot, 'views'));
  mapper = world.open({ viewFolder: join(world.libraryRoot, 'views') });
  for (const name of ['a', 'b']) await world.addModel({ type: 'lora', files: [{ name: `${name}.safetensors` }] });
});
afterEach(() => world.close());

const plan = (app: string, way?: 'links' | 'config'): Promise<LinkPlan> =>
  mapper.planLinks({ app, appRoot: world.appRoot, way, models: world.list() });
const twice = ({ warnings }: LinkPlan): readonly string[] =>
  warnings.flatMap(({ code, message }) => (code === 'linked-twice' ? [message] : []));

describe('an app that is mapped in one way and then in another', () => {
  it.each([
    ['links', 'config'],
    ['config', 'links'],
  ] as const)(
    'by %s and then by %s: the plan says that models are listed twice, and what to do',
    async (first, then) => {
      expect(twice(await plan('comfyui', first))).toEqual([]);
      await mapper.apply(await plan('comfyui', first));
      expect(twice(await plan('comfyui', first))).toEqual([]);
      expect(twice(await plan('comfyui', then))).toEqual([
        expect.stringMatching(
          new RegExp(`^2 links that an earlier run made by ${first} .* twice: unlink the app first`),
        ),
      ]);
      expect(twice(await plan('forge', then))).toEqual([]);
      expect(twice(await plan('lm-studio'))).toEqual([]);

      await mapper.unlinkAll({ app: 'comfyui', appRoot: world.appRoot });
      expect(twice(await plan('comfyui', then))).toEqual([]);
    },
  );
});
