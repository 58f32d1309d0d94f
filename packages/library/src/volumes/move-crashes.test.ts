import { isModelkeepError } from '@modelkeep/core';
import {
  createFaultyFileSystem,
  createModelFileSystem,
  createSeededRandom,
  interceptBulkFileSystem,
  interceptFileSystem,
  systemError,
  type FileSystemCall,
  type ModelFileSystem,
} from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import type { LibraryStore } from '../open-library-store.ts';
import {
  createModelStores,
  declareDeadOn,
  ROOT,
  type Drive,
  type ModelStores,
} from '../proofs/model-store.test-helper.ts';
import { brokenInvariants, download, lora } from '../proofs/scenes.test-helper.ts';

const [LINE, DISK, AWAY] = ['lora/flux1/line', '/disk', '/away'];
const codes = ['ENOSPC', 'EIO', 'EROFS', 'EMFILE', 'EXDEV'] as const;
/** Drives that a power loss could leave, of each kind of move. */
const STATES = Number(process.env['MODELKEEP_POWER_LOSS_STATES'] ?? 2_000) / 50;

async function prepare(stores: ModelStores, hardlinks: boolean): Promise<() => ModelFileSystem> {
  const model = createModelFileSystem({ hardlinks });
  await using store = await stores.open(model, { index: 'prepared' });
  const files = { 'line.safetensors': lora, 'README.md': Buffer.from('read me') };
  await download(store, model, { commit: 'a', files });
  await store.edit(LINE, { tags: ['mine'] });
  await store.addVolume(DISK, { label: 'disk' });
  return () => model.crash(createSeededRandom(1), 'everything');
}

async function opened(stores: ModelStores, drive: Drive): Promise<LibraryStore> {
  return stores.open(drive, { index: 'moving' });
}

/** Whatever happened, the model is whole and on one volume; and the same work can be done. */
async function expectWhole(stores: ModelStores, model: ModelFileSystem, where: string): Promise<void> {
  for (const root of [ROOT, DISK]) {
    expect(await brokenInvariants(model, root), where).toEqual([]);
    await declareDeadOn(model, root);
  }
  await using store = await opened(stores, model);
  const expectOne = async (): Promise<void> => {
    expect(await store.verify(), where).toMatchObject({ models: 1, problems: [] });
    await store.rebuild();
    expect(await store.survey(), where).toMatchObject({ models: 1, stale: 0, problems: [] });
    expect((await store.resolve(LINE)).tags, where).toEqual(['mine']);
  };
  await expectOne();
  const { model: moved } = await store.move(LINE, { to: 'disk' }).result;
  expect(store.folderOf(moved), where).toBe(`${DISK}/${LINE}`);
  await expectOne();
  await store.collectGarbage({ graceMs: 0 }).result;
  await store.collectGarbage({ graceMs: 0 }).result;
  await expectOne();
}

describe.each([
  ['with hard links', true],
  ['without links', false],
] as const)('a move between volumes %s', (_name, hardlinks) => {
  it('whose process dies at any of its changes leaves the model on one of them', async () => {
    await using stores = await createModelStores();
    const copy = await prepare(stores, hardlinks);
    let points = 0;
    for (let atMutation = 1; ; atMutation += 1) {
      const model = copy();
      const error = (): Error => new Error('the process is gone');
      const faulty = createFaultyFileSystem({ ...model, atMutation, lasts: 'from-then-on', error });
      await run(stores, faulty).catch(() => {});
      if (faulty.struck === null) break;
      points += 1;
      // The other drive may be away when the library is opened next, and come back later.
      if (atMutation % 5 === 0) {
        await declareDeadOn(model);
        await model.fileSystem.rename(DISK, AWAY);
        await using store = await opened(stores, model);
        expect((await store.verify()).problems).toEqual([]);
        expect((await store.resolve(LINE)).tags).toEqual(['mine']);
        await store.close();
        await model.fileSystem.rename(AWAY, DISK);
      }
      await expectWhole(stores, model, `${faulty.struck.name} ${faulty.struck.path ?? ''}`);
    }
    expect(points).toBeGreaterThan(40);
  }, 120_000);

  it('whose drive fails at any of its changes says so, and loses nothing', async () => {
    await using stores = await createModelStores();
    const copy = await prepare(stores, hardlinks);
    let failures = 0;
    for (let atMutation = 1; ; atMutation += 1) {
      const model = copy();
      const code = codes[atMutation % codes.length] ?? 'EIO';
      const error = (): Error => systemError(code);
      const faulty = createFaultyFileSystem({ ...model, atMutation, lasts: 'once', error });
      const outcome = await run(stores, faulty).then(
        () => null,
        (failure: unknown) => failure,
      );
      if (faulty.struck === null) break;
      const where = `${code} at ${faulty.struck.name} ${faulty.struck.path ?? ''}`;
      if (outcome !== null) {
        failures += 1;
        expect(isModelkeepError(outcome), `${where}: ${String(outcome as Error)}`).toBe(true);
      }
      await expectWhole(stores, model, where);
    }
    expect(failures).toBeGreaterThan(20);
  }, 120_000);

  it('that a power loss interrupts loses nothing', async () => {
    await using stores = await createModelStores();
    const copy = await prepare(stores, hardlinks);
    const states = new Map<string, { readonly drive: ModelFileSystem; readonly before: string }>();
    for (let seed = 1; states.size < STATES; seed += 1) {
      const model = copy();
      const random = createSeededRandom(seed);
      const take = ({ name, path, mutates }: FileSystemCall): void => {
        if (!mutates) return;
        for (const loss of ['nothing', 'everything', 'any', 'any', 'any'] as const) {
          const drive = model.crash(random, loss);
          states.set(drive.describe(), { drive, before: `${name} ${path ?? ''}` });
        }
      };
      await run(stores, {
        fileSystem: interceptFileSystem(model.fileSystem, take),
        bulkFileSystem: interceptBulkFileSystem(model.bulkFileSystem, take),
      });
    }
    let number = 0;
    for (const { drive, before } of states.values()) {
      if (number === STATES) break;
      number += 1;
      await expectWhole(stores, drive, `before ${before}`);
    }
    expect(number).toBe(STATES);
  }, 240_000);
});

async function run(stores: ModelStores, drive: Drive): Promise<void> {
  await using store = await opened(stores, drive);
  await store.move(LINE, { to: 'disk' }).result;
}
