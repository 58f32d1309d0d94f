import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type TestWorld } from '../mapper.test-world.ts';
import { appProfiles } from '../profiles/app-profiles.ts';
import type { LinkPlan } from '../plan/link-plan.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

describe('the folder of a model', () => {
  it('has to be absolute', async () => {
    const model = await world.addModel({});
    const request = { app: 'comfyui', appRoot: world.appRoot, models: [{ ...model, folder: 'library/model' }] };
    await expect(world.mapper.planLinks(request)).rejects.toMatchObject({ code: 'core.invalid-argument' });
  });
});

describe('the folder of the app', () => {
  const planFor = (appRoot: string): Promise<LinkPlan> =>
    world.mapper.planLinks({ app: 'comfyui', appRoot, models: world.list() });

  it.each([
    ['/', 'home'],
    [homedir(), 'home'],
    [dirname(homedir()), 'home'],
    ['relative/ComfyUI', 'absolute'],
    ['/nowhere/at/all', 'no such'],
  ])('cannot be %s', async (appRoot, reason) => {
    await expect(planFor(appRoot)).rejects.toMatchObject({
      code: 'mapper.app-root',
      facts: { path: appRoot, reason: expect.stringContaining(reason) },
    });
  });
  it('cannot be a file, a way through a file, or a loop', async () => {
    await writeFile(join(world.root, 'file'), '');
    await symlink('loop', join(world.root, 'loop'));
    for (const name of ['file', 'file/x', 'loop']) {
      await expect(planFor(join(world.root, name))).rejects.toMatchObject({ code: 'mapper.app-root' });
    }
  });
  it('cannot be the library', async () => {
    await world.addModel({});
    for (const folder of ['', 'diffusion', 'diffusion/flux1'])
      await expect(planFor(join(world.libraryRoot, folder))).rejects.toMatchObject({ code: 'mapper.app-root' });
    const beside = join(world.libraryRoot, 'ComfyUI');
    await mkdir(beside);
    expect((await planFor(beside)).counts.create).toBe(1);
  });
  it('is followed when it is a link, and the plan has its real path', async () => {
    await symlink(world.appRoot, join(world.root, 'link'));
    expect((await planFor(join(world.root, 'link'))).appRoot).toBe(world.appRoot);
  });
  it('is mapped with a warning when it does not look like the app', async () => {
    await mkdir(join(world.root, 'empty'));
    expect((await planFor(join(world.root, 'empty'))).warnings.map(({ code }) => code)).toEqual(['not-recognised']);
    expect((await planFor(world.appRoot)).warnings).toEqual([]);
  });
  it('needs a profile', async () => {
    await expect(world.mapper.planLinks({ app: 'nothing', appRoot: world.appRoot, models: [] })).rejects.toMatchObject({
      code: 'mapper.unknown-app',
      facts: { app: 'nothing', known: appProfiles.map(({ id }) => id) },
    });
  });
});
