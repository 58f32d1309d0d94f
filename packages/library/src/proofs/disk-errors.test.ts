import { isModelkeepError } from '@modelkeep/core';
import {
  createFaultyFileSystem,
  createModelFileSystem,
  createSeededRandom,
  systemError,
  type ModelFileSystem,
} from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { createModelStores, declareDeadOn, ROOT, type ModelStores } from './model-store.test-helper.ts';
import { scenes, type Scene } from './power-loss.test-scenes.ts';
import { brokenInvariants } from './scenes.test-helper.ts';

/** `all` tries every error at every call; a short run has one of them at each, in turns. */
const ALL = process.env['MODELKEEP_DISK_ERRORS'] === 'all';
const codes = ['ENOSPC', 'EIO', 'EROFS', 'EMFILE', 'EXDEV'] as const;

interface FaultyRun {
  readonly scene: Scene;
  readonly model: ModelFileSystem;
  readonly atMutation: number;
  readonly lasts: 'once' | 'from-then-on';
  readonly error: () => Error;
}

/** @returns whether the fault has struck, and what the work ended with */
async function runWithFault(
  stores: ModelStores,
  { scene, model, ...fault }: FaultyRun,
): Promise<{ readonly where: string | null; readonly outcome: unknown }> {
  const faulty = createFaultyFileSystem({ ...model, ...fault });
  const work = async (): Promise<void> => {
    await using store = await stores.open(faulty, { index: 'faulty', clock: scene.clock });
    await scene.run({ store, drive: faulty, promise: () => {} });
  };
  const outcome = await work().then(
    () => null,
    (error: unknown) => error,
  );
  const { struck } = faulty;
  return { where: struck === null ? null : `${scene.name}, at ${struck.name} ${struck.path ?? ''}`, outcome };
}

/** What was there is there, nothing is half, and the same work can be done. */
async function expectSoundAndGoesOn(
  stores: ModelStores,
  run: Pick<FaultyRun, 'scene' | 'model'>,
  where: string,
): Promise<void> {
  const { scene, model } = run;
  expect(await brokenInvariants(model, ROOT), where).toEqual([]);
  await declareDeadOn(model);
  await using store = await stores.open(model, { index: 'faulty', clock: scene.clock });
  const promised = [...scene.promised];
  const expectThere = async (): Promise<void> => {
    expect((await store.verify()).problems, where).toEqual([]);
    for (const slug of promised) {
      expect((await model.fileSystem.lstat(`${ROOT}/${slug}/metadata.json`)).kind, where).toBe('file');
    }
  };
  if (scene.damaged === true) await store.repair(await store.verify());
  await expectThere();
  await scene.run({ store, drive: model, promise: (slug) => promised.push(slug) });
  await expectThere();
}

async function prepare(stores: ModelStores, scene: Scene): Promise<() => ModelFileSystem> {
  const model = createModelFileSystem({ reflinks: scene.reflinks, hardlinks: scene.hardlinks });
  await scene.prepare(model, stores);
  return () => model.crash(createSeededRandom(1), 'everything');
}

it('a process that dies at any of its changes to the drive loses nothing', async () => {
  await using stores = await createModelStores();
  let importPoints = 0;
  for (const scene of scenes) {
    const copy = await prepare(stores, scene);
    for (let atMutation = 1; ; atMutation += 1) {
      const model = copy();
      const error = (): Error => new Error('the process is gone');
      const { where } = await runWithFault(stores, { scene, model, atMutation, lasts: 'from-then-on', error });
      if (where === null) break;
      if (scene.name.startsWith('an import')) importPoints += 1;
      await expectSoundAndGoesOn(stores, { scene, model }, where);
    }
  }
  expect(importPoints).toBeGreaterThanOrEqual(300);
}, 480_000);

it(
  'an error of the drive at any change is told by its code or made good, and loses nothing',
  async () => {
    await using stores = await createModelStores();
    let failures = 0;
    for (const [number, scene] of scenes.entries()) {
      const copy = await prepare(stores, scene);
      let isOver = false;
      for (let atMutation = 1; !isOver; atMutation += 1) {
        const tried = ALL ? codes : [codes[(atMutation + number) % codes.length] ?? 'EIO'];
        for (const code of tried) {
          const model = copy();
          const error = (): Error => systemError(code);
          const { where, outcome } = await runWithFault(stores, { scene, model, atMutation, lasts: 'once', error });
          isOver ||= where === null;
          if (where === null) break;
          if (outcome !== null) {
            failures += 1;
            expect(isModelkeepError(outcome), `${code} in ${where}: ${String(outcome as Error)}`).toBe(true);
          }
          await expectSoundAndGoesOn(stores, { scene, model }, `${code} in ${where}`);
        }
      }
    }
    expect(failures).toBeGreaterThan(200);
  },
  ALL ? 7_200_000 : 480_000,
);
