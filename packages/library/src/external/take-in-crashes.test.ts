import { writeFileAtomic } from '@modelkeep/io';
import {
  createFaultyFileSystem,
  createModelFileSystem,
  createSeededRandom,
  type ModelFileSystem,
} from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import type { LibraryStore } from '../open-library-store.ts';
import { dieAtEachChange, failAtEachChange, losePower, type CrashWork } from '../proofs/crash-proof.test-helper.ts';
import {
  createModelStores,
  declareDeadOn,
  ROOT,
  type Drive,
  type ModelStores,
} from '../proofs/model-store.test-helper.ts';
import { brokenInvariants, lora, place, sha256Of } from '../proofs/scenes.test-helper.ts';

const [FILE, LINE] = ['/sources/line.safetensors', 'lora/flux1/line'];
/** Every change is a point; the run of each day takes one in so many. */
const STRIDE = process.env['MODELKEEP_KILL_POINTS'] === undefined ? 5 : 1;
/** Drives that a power loss could leave, of each kind of import. */
const STATES = Number(process.env['MODELKEEP_POWER_LOSS_STATES'] ?? 2_000) / 100;

interface Import {
  readonly mode: 'copy' | 'move';
  readonly hardlinks: boolean;
}

/** A library with one model outside, of which a person has said something. */
async function prepare(stores: ModelStores, { hardlinks }: Import): Promise<ModelFileSystem> {
  const model = createModelFileSystem({ hardlinks });
  await using store = await stores.open(model, { index: 'prepared' });
  await place(model, FILE, lora);
  const { models } = await store.import([FILE], { mode: 'link' }).result;
  expect(models.map((one) => one.place.kind)).toEqual(['external']);
  await store.edit(models[0]?.id ?? '', { tags: ['mine'] });
  return model;
}

async function opened(stores: ModelStores, drive: Drive): Promise<LibraryStore> {
  return stores.open(drive, { index: 'taking' });
}

async function run(stores: ModelStores, drive: Drive, { mode }: Import): Promise<void> {
  await using store = await opened(stores, drive);
  await store.import([FILE], { mode }).result;
}

async function isThere({ fileSystem }: Drive, path: string): Promise<boolean> {
  return fileSystem.lstat(path).then(
    () => true,
    () => false,
  );
}

/** Whatever happened, there is one model with all that was said of it and its bytes; and the same work can be done. */
async function expectWhole(
  stores: ModelStores,
  model: ModelFileSystem,
  one: Import & { where: string },
): Promise<void> {
  const { where, mode } = one;
  expect(await brokenInvariants(model, ROOT), where).toEqual([]);
  await declareDeadOn(model);
  await using store = await opened(stores, model);
  const expectOne = async (): Promise<void> => {
    expect(await store.verify(), where).toMatchObject({ models: 1, problems: [] });
    await store.rebuild();
    expect(await store.survey(), where).toMatchObject({ models: 1, stale: 0, problems: [] });
    expect((await store.index.list()).records, where).toMatchObject([{ tags: ['mine'] }]);
  };
  await expectOne();
  if (await isThere(model, FILE)) {
    expect(sha256Of(await model.fileSystem.readFile(FILE, { maxBytes: 1e9 })), where).toBe(sha256Of(lora));
    await store.import([FILE], { mode }).result;
  }
  expect(await isThere(model, FILE), where).toBe(mode === 'copy');
  expect(await store.resolve(LINE), where).toMatchObject({ tags: ['mine'], place: { kind: 'library' } });
  expect(await model.fileSystem.readdir(`${ROOT}/external`), where).toEqual([]);
  await expectOne();
  await store.collectGarbage({ graceMs: 0 }).result;
  await store.collectGarbage({ graceMs: 0 }).result;
  await expectOne();
}

function importOf(one: Import): CrashWork {
  return {
    prepare: (stores) => prepare(stores, one),
    run: (stores, drive) => run(stores, drive, one),
    expectWhole: (stores, drive, where) => expectWhole(stores, drive, { ...one, where }),
  };
}

describe.each<Import>([
  { mode: 'copy', hardlinks: true },
  { mode: 'move', hardlinks: true },
  { mode: 'copy', hardlinks: false },
])('an import by $mode of a model that was adopted (hard links: $hardlinks)', (one) => {
  it('whose process dies at any of its changes leaves one model, with its bytes', async () => {
    expect((await dieAtEachChange(importOf(one), { each: STRIDE })) * STRIDE).toBeGreaterThan(40);
  }, 120_000);

  it('whose drive fails at any of its changes says so, and loses nothing', async () => {
    expect((await failAtEachChange(importOf(one), { each: STRIDE })) * STRIDE).toBeGreaterThan(20);
  }, 120_000);

  it('that a power loss interrupts loses nothing', async () => {
    await losePower(importOf(one), STATES);
  }, 240_000);
});

describe('an import whose process died when the model was in the library and still outside', () => {
  it('keeps what was said of the model outside since then', async () => {
    await using stores = await createModelStores();
    const one: Import = { mode: 'move', hardlinks: true };
    const prepared = await prepare(stores, one);
    let points = 0;
    for (let atMutation = 20; ; atMutation += 1) {
      const model = prepared.crash(createSeededRandom(1), 'everything');
      const error = (): Error => new Error('the process is gone');
      const faulty = createFaultyFileSystem({ ...model, atMutation, lasts: 'from-then-on', error });
      await run(stores, faulty, one).catch(() => {});
      if (faulty.struck === null) break;
      const [outside] = await model.fileSystem.readdir(`${ROOT}/external`);
      const folder = `${ROOT}/external/${outside?.name ?? ''}`;
      if (
        !(await isThere(model, `${ROOT}/${LINE}/metadata.json`)) ||
        !(await isThere(model, `${folder}/metadata.json`))
      )
        continue;
      points += 1;
      await editOutside(model, folder);
      await declareDeadOn(model);
      await using store = await opened(stores, model);
      const where = `${faulty.struck.name} ${faulty.struck.path ?? ''}`;
      expect(await store.resolve(LINE), where).toMatchObject({ tags: ['later'], place: { kind: 'library' } });
      await store.rebuild();
      expect(await store.survey(), where).toMatchObject({ models: 1, stale: 0, problems: [] });
      expect((await store.verify()).problems, where).toEqual([]);
    }
    expect(points).toBeGreaterThan(0);
  }, 60_000);
});

/** As a process does it that has not heard of the import. */
async function editOutside({ fileSystem }: Drive, folder: string): Promise<void> {
  const path = `${folder}/metadata.json`;
  const text = Buffer.from(await fileSystem.readFile(path, { maxBytes: 1e6 })).toString();
  const metadata = JSON.parse(text) as { revision: number };
  await writeFileAtomic(fileSystem, { path: `${folder}/overrides.json`, data: '{"fields": {"tags": ["later"]}}' });
  const data = JSON.stringify({ ...metadata, revision: metadata.revision + 1 });
  await writeFileAtomic(fileSystem, { path, data });
}
