import {
  createModelFileSystem,
  createSeededRandom,
  interceptBulkFileSystem,
  interceptFileSystem,
  type FileSystemCall,
  type ModelFileSystem,
  type SeededRandom,
} from '@modelkeep/testing';
import { expect, it } from 'vitest';
import type { LibraryStore } from '../open-library-store.ts';
import { createModelStores, declareDeadOn, ROOT, type Drive, type ModelStores } from './model-store.test-helper.ts';
import { scenes, type Scene } from './power-loss.test-scenes.ts';
import { brokenInvariants } from './scenes.test-helper.ts';

/** All scenes together; each gets the same share. */
const STATES = Number(process.env['MODELKEEP_POWER_LOSS_STATES'] ?? 2_000);
/** Of so many states one is also worked on, which takes ten times as long as a look. */
const GOES_ON_EVERY = 12;

/** What a power loss left, and what had been promised before it. */
interface CrashState {
  readonly drive: ModelFileSystem;
  readonly before: string;
  readonly promised: readonly string[];
}

interface Recording {
  readonly scene: Scene;
  readonly model: ModelFileSystem;
  readonly random: SeededRandom;
  readonly perChange: number;
  readonly states: Map<string, CrashState>;
}

/** Runs a scene and takes, before each of its changes, some of the drives that a power loss could leave. */
async function record(stores: ModelStores, { scene, model, random, perChange, states }: Recording): Promise<void> {
  const promised: string[] = [...scene.promised];
  const take = ({ name, path, mutates }: FileSystemCall): void => {
    if (!mutates) return;
    for (let number = 0; number < perChange; number += 1) {
      const loss = number === 0 ? 'nothing' : number === 1 ? 'everything' : 'any';
      const drive = model.crash(random, loss);
      const key = `${drive.describe()}\n${promised.join()}`;
      if (!states.has(key)) states.set(key, { drive, before: `${name} ${path ?? ''}`, promised: [...promised] });
    }
  };
  const drive: Drive = {
    fileSystem: interceptFileSystem(model.fileSystem, take),
    bulkFileSystem: interceptBulkFileSystem(model.bulkFileSystem, take),
  };
  await using store = await stores.open(drive, { index: scene.name, clock: scene.clock });
  await scene.run({ store, drive, promise: (slug) => promised.push(slug) });
}

async function expectSound(stores: ModelStores, state: CrashState, scene: Scene): Promise<void> {
  const where = `${scene.name}, before ${state.before}`;
  expect(await brokenInvariants(state.drive, ROOT), where).toEqual([]);
  await declareDeadOn(state.drive);
  await using store = await stores.open(state.drive, { index: 'after', clock: scene.clock });
  if (scene.damaged === true) await store.repair(await store.verify());
  await expectPromises(store, { ...state, where });
}

/** Every model that there is is whole, and the promised ones are there. */
async function expectPromises(
  store: LibraryStore,
  { drive, promised, where }: Pick<CrashState, 'promised'> & { readonly drive: Drive; readonly where: string },
): Promise<void> {
  expect((await store.verify()).problems, where).toEqual([]);
  for (const slug of promised) {
    expect((await drive.fileSystem.lstat(`${ROOT}/${slug}/metadata.json`)).kind, where).toBe('file');
  }
}

/** After the power came back the same work is done again, and all of it is there. */
async function expectGoesOn(stores: ModelStores, state: CrashState, scene: Scene): Promise<void> {
  const where = `${scene.name} again, after a loss before ${state.before}`;
  await using store = await stores.open(state.drive, { index: 'after', clock: scene.clock });
  const all: string[] = [...scene.promised];
  await scene.run({ store, drive: state.drive, promise: (slug) => all.push(slug) });
  await expectPromises(store, { drive: state.drive, promised: all, where });
  expect(await brokenInvariants(state.drive, ROOT), where).toEqual([]);
}

it.each(scenes.map((scene) => [scene.name, scene] as const))(
  'a power loss at any moment of %s loses nothing that was promised, and leaves no half',
  async (_name, scene) => {
    await using stores = await createModelStores();
    const share = Math.ceil(STATES / scenes.length);
    const states = new Map<string, CrashState>();
    for (let round = 0; states.size < share; round += 1) {
      const random = createSeededRandom(round + 1);
      const model = createModelFileSystem({ reflinks: scene.reflinks, hardlinks: scene.hardlinks });
      await scene.prepare(model, stores);
      await record(stores, { scene, model, random, perChange: 8, states });
    }
    let number = 0;
    for (const state of states.values()) {
      if (number === share) break;
      await expectSound(stores, state, scene);
      number += 1;
      if (number % GOES_ON_EVERY === 0) await expectGoesOn(stores, state, scene);
    }
    expect(number).toBe(share);
  },
  Math.max(120_000, STATES * 50),
);
