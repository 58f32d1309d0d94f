import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type TestWorld } from '../mapper.test-world.ts';
import type { AppliedPlan } from '../apply/applied-plan.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await createWorld();
  for (const type of ['lora', 'checkpoint'] as const)
    await world.addModel({ type, files: [{ name: `${type}.safetensors` }] });
  await world.addModel({ type: 'llm', format: 'gguf', files: [{ name: 'tiny.gguf' }] });
});
afterEach(() => world.close());

/** A library with a record of its own. */
const library = (name: string) => {
  const mapper = world.open({
    machineId: name,
    viewFolder: join(world.root, `library ${name}`, 'views'),
    platform: 'linux',
  });
  return {
    mapper,
    async map(app: string): Promise<AppliedPlan> {
      await mkdir(join(world.root, `library ${name}`), { recursive: true });
      const { appRoot } = world;
      return mapper.apply(await mapper.planLinks({ app, appRoot, way: 'config', models: world.list() }));
    },
  };
};
const outcomes = ({ files }: AppliedPlan): readonly string[] => files.map(({ outcome }) => outcome);

describe.each([
  ['comfyui', 'extra_model_paths.yaml', null],
  ['forge', 'webui-user.sh', '#!/bin/bash\n'],
  ['swarmui', 'Data/Settings.fds', 'Paths:\n\tModelRoot: Models\n'],
  ['fooocus', 'config.txt', '{\n    "path_checkpoints": "../models",\n    "path_loras": ["../loras"]\n}'],
  ['llama-cpp', 'models.ini', null],
  ['jan', 'llamacpp/models/modelkeep/tiny/model.yml', null],
] as const)('two libraries and %s', (app, file, before) => {
  it('do not take the app from each other; what one has left the other one may have', async () => {
    const path = join(world.appRoot, file);
    const text = (): Promise<string | null> => readFile(path, 'utf8').catch(() => null);
    await mkdir(dirname(path), { recursive: true });
    if (before !== null) await writeFile(path, before);
    const [first, second] = [library('first'), library('second')];
    expect(outcomes(await first.map(app))).not.toContain('conflict');
    const written = await text();
    const refused = await second.map(app);
    expect(outcomes(refused)).toEqual(['conflict']);
    expect(refused.files[0]?.reason?.message).toContain('another library');
    expect(refused.files[0]?.reason?.message).toContain('unlink the app there first');
    expect(await text()).toBe(written);
    /* What the conflict says is what can be done. */
    const bySecond = { app, appRoot: world.appRoot, way: 'links', models: world.list() } as const;
    if (refused.files[0]?.reason?.message.includes('map this one by links') === true) {
      const beside = await second.mapper.apply(await second.mapper.planLinks(bySecond));
      expect(beside.counts).toMatchObject({ conflict: 0, failed: 0 });
      expect(beside.counts.created).toBeGreaterThan(0);
      expect(await second.mapper.check()).not.toContainEqual(expect.objectContaining({ health: 'broken' }));
    } else await expect(second.mapper.planLinks(bySecond)).rejects.toMatchObject({ code: 'core.invalid-argument' });
    expect(await text()).toBe(written);
    await second.mapper.unlinkAll({ app, appRoot: world.appRoot });
    expect(await text()).toBe(written);

    await first.mapper.unlinkAll({ app, appRoot: world.appRoot });
    expect(outcomes(await second.map(app))).not.toContain('conflict');
    expect(await text()).toContain('library second');
  });

  it('a library whose record was lost knows what leads to it, and one that is gone stands in nobody’s way', async () => {
    await mkdir(dirname(join(world.appRoot, file)), { recursive: true });
    if (before !== null) await writeFile(join(world.appRoot, file), before);
    await library('first').map(app);
    await world.database.run('delete from mapper_files');
    expect(outcomes(await library('first').map(app))).toEqual(['kept']);
    await rm(join(world.root, 'library first'), { recursive: true });
    expect(outcomes(await library('second').map(app))).toEqual(['replaced']);
  });
});
