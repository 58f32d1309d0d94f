import { createModelFileSystem, type ModelFileSystem } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { dieAtEachChange, failAtEachChange, losePower, type CrashWork } from '../proofs/crash-proof.test-helper.ts';
import { declareDeadOn, ROOT, type Drive, type ModelStores } from '../proofs/model-store.test-helper.ts';
import { brokenInvariants, download, filesBelow, lora, sha256Of } from '../proofs/scenes.test-helper.ts';

const LINE = 'lora/flux1/line';
const BLOBS = `${ROOT}/blobs/sha256`;
/** Drives that a power loss could leave, of each kind. */
const STATES = Number(process.env['MODELKEEP_POWER_LOSS_STATES'] ?? 2_000) / 200;
/** A short run tries some of the changes. */
const each = process.env['MODELKEEP_DISK_ERRORS'] === 'all' ? 1 : 5;
const readMe = Buffer.from('read me');

async function run(stores: ModelStores, drive: Drive): Promise<void> {
  await using store = await stores.open(drive, { index: 'undeleting' });
  // The index is that of the try before.
  await store.rebuild();
  if ((await store.index.stats()).models === 0) await store.undelete(LINE);
}

/** The model is in the trash or in its folder, whole; and it can be brought back. */
async function expectWhole(stores: ModelStores, drive: ModelFileSystem, where: string): Promise<void> {
  expect(await brokenInvariants(drive, ROOT), where).toEqual([]);
  await declareDeadOn(drive);
  {
    await using store = await stores.open(drive, { index: 'undeleting' });
    await store.rebuild();
    const { models } = await store.index.stats();
    expect(await store.verify(), where).toMatchObject({ models, problems: [] });
    expect(await store.deletedModels(), where).toHaveLength(1 - models);
    // A day has not passed: what is in the trash stays.
    await store.collectGarbage().result;
    expect(await store.deletedModels(), where).toHaveLength(1 - models);
  }
  await run(stores, drive);
  await using store = await stores.open(drive, { index: 'undeleting' });
  const expectBack = async (): Promise<void> => {
    expect(await store.resolve(LINE), where).toMatchObject({ tags: ['mine'], complete: true });
    expect(await store.verify(), where).toMatchObject({ models: 1, problems: [] });
    expect(await store.deletedModels(), where).toEqual([]);
    const files = await filesBelow(drive, `${ROOT}/${LINE}`);
    expect(sha256Of(files.get(`${ROOT}/${LINE}/line.safetensors`) ?? ''), where).toBe(sha256Of(lora));
    expect(sha256Of(files.get(`${ROOT}/${LINE}/README.md`) ?? ''), where).toBe(sha256Of(readMe));
  };
  await expectBack();
  for (let round = 0; round < 2; round += 1) await store.collectGarbage({ graceMs: 0 }).result;
  await store.rebuild();
  await expectBack();
}

interface Drives {
  readonly hardlinks: boolean;
  /** The trash alone has the bytes: the collection of garbage has taken the blobs. */
  readonly isOnlyInTrash: boolean;
}

function undeleting({ hardlinks, isOnlyInTrash }: Drives): CrashWork {
  return {
    async prepare(stores) {
      const drive = createModelFileSystem({ hardlinks });
      await using store = await stores.open(drive, { index: 'prepared' });
      const files = { 'line.safetensors': lora, 'README.md': readMe };
      await download(store, drive, { commit: 'a', files: { ...files, 'README.md': Buffer.from('before') } });
      await download(store, drive, { commit: 'b', files });
      await store.edit(LINE, { tags: ['mine'] });
      await store.remove(LINE);
      if (isOnlyInTrash) await leaveToTrash(drive, files);
      return drive;
    },
    run,
    expectWhole,
  };
}

async function leaveToTrash({ fileSystem }: Drive, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const trash = `${ROOT}/.modelkeep/trash`;
  const [deleted] = await fileSystem.readdir(trash);
  const [model] = await fileSystem.readdir(`${trash}/${deleted?.name}`);
  const entry = `${trash}/${deleted?.name}/${model?.name}`;
  for (const [name, bytes] of Object.entries(files)) {
    await fileSystem.unlink(`${entry}/${name}`).catch(() => {});
    await fileSystem.rename(`${BLOBS}/${sha256Of(bytes)}`, `${entry}/${name}`);
  }
  for (const folder of [entry, BLOBS]) await fileSystem.fsyncFolder(folder);
}

describe.each([
  ['with hard links', { hardlinks: true, isOnlyInTrash: false }],
  ['with hard links, whose bytes only the trash has', { hardlinks: true, isOnlyInTrash: true }],
  ['without links', { hardlinks: false, isOnlyInTrash: false }],
  ['without links, whose bytes only the trash has', { hardlinks: false, isOnlyInTrash: true }],
] as const)('a deleted model that is brought back %s', (_name, drives) => {
  it('is in the trash or back where the process dies at any of its changes', async () => {
    expect((await dieAtEachChange(undeleting(drives), { each })) * each).toBeGreaterThan(20);
  }, 120_000);

  it('is in the trash or back where the drive fails at any of its changes, which is told', async () => {
    expect((await failAtEachChange(undeleting(drives), { first: 3, each })) * each).toBeGreaterThan(10);
  }, 120_000);

  it('is in the trash or back after a power loss', () => losePower(undeleting(drives), STATES), 240_000);
});
