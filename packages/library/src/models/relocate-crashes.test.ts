import { createModelFileSystem, type ModelFileSystem } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { dieAtEachChange, failAtEachChange, losePower, type CrashWork } from '../proofs/crash-proof.test-helper.ts';
import { declareDeadOn, ROOT, type Drive, type ModelStores } from '../proofs/model-store.test-helper.ts';
import { brokenInvariants, download, filesBelow, lora, place, sha256Of, vae } from '../proofs/scenes.test-helper.ts';

const [BEFORE, AFTER, VAE] = ['lora/flux1/line', 'lora/sdxl/line', 'vae/other/vae'];
/** Drives that a power loss could leave, of each kind of drive. */
const STATES = Number(process.env['MODELKEEP_POWER_LOSS_STATES'] ?? 2_000) / 100;
const readMe = Buffer.from('read me');

async function run(stores: ModelStores, drive: Drive): Promise<void> {
  await using store = await stores.open(drive, { index: 'relocating' });
  // The index is that of the try before.
  await store.rebuild();
  const [model] = (await store.index.list({ type: 'lora' })).records;
  await store.relocate(model?.id ?? '');
}

/** The model is whole in one of the two folders, with all that was in it; and it can be brought to the new one. */
async function expectWhole(stores: ModelStores, drive: ModelFileSystem, where: string, isLive = true): Promise<void> {
  expect(await brokenInvariants(drive, ROOT), where).toEqual([]);
  await declareDeadOn(drive);
  const expectOne = async (slugs: readonly string[]): Promise<void> => {
    await using store = await stores.open(drive, { index: 'relocating' });
    if (!isLive) await store.rebuild();
    const shown = await store.index.list({ type: 'lora' });
    expect(shown.records, where).toMatchObject([{ tags: ['mine'], family: 'sdxl', complete: true }]);
    expect(slugs, where).toContain(shown.records[0]?.slug);
    expect(await store.verify(), where).toMatchObject({ models: 2, problems: [] });
    await store.rebuild();
    expect((await store.index.list({ type: 'lora' })).records, where).toEqual(shown.records);
    expect(await store.survey(), where).toMatchObject({ models: 2, stale: 0, problems: [] });
    const folder = store.folderOf(await store.resolve(shown.records[0]?.id ?? ''));
    const contents = [...(await filesBelow(drive, folder))].map(([path, bytes]) => [
      path.slice(folder.length + 1),
      sha256Of(bytes),
    ]);
    const known = Object.fromEntries(contents.filter(([name = '']) => !/\.(?:json|tmp)$/u.test(name)));
    const wanted = { 'README.md': readMe, 'line.safetensors': lora, 'notes.txt': 'of a person' };
    expect(known, where).toEqual(
      Object.fromEntries(Object.entries(wanted).map(([name, bytes]) => [name, sha256Of(bytes)])),
    );
  };
  await expectOne([BEFORE, AFTER]);
  await run(stores, drive);
  await expectOne([AFTER]);
  {
    await using store = await stores.open(drive, { index: 'relocating' });
    for (let round = 0; round < 2; round += 1) await store.collectGarbage({ graceMs: 0 }).result;
  }
  await expectOne([AFTER]);
  expect([...(await filesBelow(drive, `${ROOT}/lora/flux1`)).keys()], where).toEqual([]);
  const records = await drive.fileSystem.readdir(`${ROOT}/.modelkeep/txn`);
  expect(
    records.filter(({ name }) => name.endsWith('.json')),
    where,
  ).toEqual([]);
}

function relocating(hardlinks: boolean): CrashWork {
  return {
    async prepare(stores) {
      const drive = createModelFileSystem({ hardlinks });
      await using store = await stores.open(drive, { index: 'prepared' });
      const files = { 'line.safetensors': lora, 'README.md': readMe, 'vae.safetensors': vae };
      await download(store, drive, { commit: 'a', files });
      await store.resolve(VAE);
      await store.edit(BEFORE, { tags: ['mine'], family: 'sdxl' });
      await place(drive, `${ROOT}/${BEFORE}/notes.txt`, 'of a person');
      return drive;
    },
    run,
    expectWhole,
  };
}

describe.each([
  ['with hard links', true],
  ['without links', false],
] as const)('a model that gets another folder %s', (_name, hardlinks) => {
  it('is in one of them whole where the process dies at any of its changes', async () => {
    expect(await dieAtEachChange(relocating(hardlinks))).toBeGreaterThan(10);
  }, 120_000);

  it('is in one of them whole where the drive fails at any of its changes, which is told', async () => {
    expect(await failAtEachChange(relocating(hardlinks))).toBeGreaterThan(5);
  }, 120_000);

  it('is in one of them whole after a power loss', async () => {
    const work = relocating(hardlinks);
    // The index is that of another try.
    await losePower(
      { ...work, expectWhole: (stores, drive, where) => expectWhole(stores, drive, where, false) },
      STATES,
    );
  }, 240_000);
});
