import { createModelFileSystem, type ModelFileSystem } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { dieAtEachChange, failAtEachChange, losePower, type CrashWork } from '../proofs/crash-proof.test-helper.ts';
import type { LibraryStore } from '../open-library-store.ts';
import { declareDeadOn, ROOT, type Drive, type ModelStores } from '../proofs/model-store.test-helper.ts';
import { brokenInvariants, download, lora } from '../proofs/scenes.test-helper.ts';

const [LINE, DISK, AWAY] = ['lora/flux1/line', '/disk', '/away'];
/** Drives that a power loss could leave, of each kind of move. */
const STATES = Number(process.env['MODELKEEP_POWER_LOSS_STATES'] ?? 2_000) / 50;
/** A short run tries some of the changes. */
const each = process.env['MODELKEEP_DISK_ERRORS'] === 'all' ? 1 : 2;

async function opened(stores: ModelStores, drive: Drive): Promise<LibraryStore> {
  return stores.open(drive, { index: 'moving' });
}

/** The model is whole and on one volume; and the same work can be done. */
async function expectMovable(stores: ModelStores, model: ModelFileSystem, where: string): Promise<void> {
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

/** The other drive is away when the library is opened next, and comes back later. */
async function openWithout(stores: ModelStores, model: ModelFileSystem): Promise<void> {
  await declareDeadOn(model);
  await model.fileSystem.rename(DISK, AWAY);
  {
    await using store = await opened(stores, model);
    expect((await store.verify()).problems).toEqual([]);
    expect((await store.resolve(LINE)).tags).toEqual(['mine']);
  }
  await model.fileSystem.rename(AWAY, DISK);
}

function moving(hardlinks: boolean): CrashWork {
  return {
    async prepare(stores) {
      const model = createModelFileSystem({ hardlinks });
      await using store = await stores.open(model, { index: 'prepared' });
      const files = { 'line.safetensors': lora, 'README.md': Buffer.from('read me') };
      await download(store, model, { commit: 'a', files });
      await store.edit(LINE, { tags: ['mine'] });
      await store.addVolume(DISK, { label: 'disk' });
      return model;
    },
    async run(stores, drive) {
      await using store = await opened(stores, drive);
      await store.move(LINE, { to: 'disk' }).result;
    },
    expectWhole: expectMovable,
  };
}

describe.each([
  ['with hard links', true],
  ['without links', false],
] as const)('a move between volumes %s', (_name, hardlinks) => {
  it('whose process dies at any of its changes leaves the model on one of them', async () => {
    let number = 0;
    const work = moving(hardlinks);
    const often: CrashWork = {
      ...work,
      async expectWhole(stores, model, where) {
        number += 1;
        if (number % 3 === 0) await openWithout(stores, model);
        await work.expectWhole(stores, model, where);
      },
    };
    expect((await dieAtEachChange(often, { each })) * each).toBeGreaterThan(40);
  }, 120_000);

  it('whose drive fails at any of its changes says so, and loses nothing', async () => {
    expect((await failAtEachChange(moving(hardlinks), { first: 2, each })) * each).toBeGreaterThan(20);
  }, 120_000);

  it('that a power loss interrupts loses nothing', () => losePower(moving(hardlinks), STATES), 240_000);
});
