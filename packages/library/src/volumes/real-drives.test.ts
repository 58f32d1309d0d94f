import { mkdir, open, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFileSystem } from '@modelkeep/io';
import { createTestDrive, type TestDrive } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';
import { download, lora, vae } from '../proofs/scenes.test-helper.ts';

const drive = { fileSystem: nodeFileSystem, bulkFileSystem: undefined as never };
const [LINE, VAE] = ['lora/flux1/line', 'vae/other/vae'];
const MIB = 1024 * 1024;

/** Two drives in images; where none can be mounted, why. */
async function twoDrives(): Promise<readonly [TestDrive, TestDrive] | { readonly why: string }> {
  const first = await createTestDrive({ type: 'ext4', sizeBytes: 160 * MIB });
  if ('why' in first) return first;
  const second = await createTestDrive({ type: 'ext4', sizeBytes: 160 * MIB });
  if (!('why' in second)) return [first, second];
  await first[Symbol.asyncDispose]();
  return second;
}

it('a library on two drives goes on when one is unplugged, mounted elsewhere, taken to another machine, or read-only', async (context) => {
  await using folder = await tempFolder();
  const drives = await twoDrives();
  if ('why' in drives) {
    await context.annotate(`no drives could be mounted: ${drives.why}`);
    return;
  }
  await using one = drives[0];
  await using two = drives[1];
  const at = (name: string): string => join(folder.path, name);
  await one.plugIn(at('one'));
  await two.plugIn(at('two'));
  const root = join(at('one'), 'library');
  {
    await using store = await openTestStore({ root, machineId: 'here' });
    await store.addVolume(join(at('two'), 'models'), { label: 'two' });
    await download(store, drive, { commit: 'a', files: { 'line.safetensors': lora } });
    await download(store, drive, { commit: 'a', files: { 'vae.safetensors': vae } });
    await store.move(LINE, { to: 'two' }).result;
    // Unplugged while the library is open.
    await two.unplug();
    expect((await store.volumes())[1]).toMatchObject({ state: 'offline', models: 1 });
    expect((await store.verify()).problems).toEqual([]);
    await store.collectGarbage({ graceMs: 0 }).result;
    expect(store.isOffline(await store.resolve(LINE))).toBe(true);
  }
  // Mounted somewhere else, and at another machine: found by its id, because it is where it was on its drive.
  await two.plugIn(at('somewhere else'));
  for (const machineId of ['here', 'there']) {
    await using store = await openTestStore({ root, machineId });
    expect((await store.volumes())[1]).toMatchObject({
      state: 'online',
      mode: 'write',
      path: join(at('somewhere else'), 'models'),
    });
    expect(await store.verify()).toMatchObject({ models: 2, problems: [] });
    expect(store.folderOf(await store.resolve(LINE))).toBe(join(at('somewhere else'), 'models', LINE));
  }
  await two.unplug();
  await two.plugIn(at('two'), 'ro');
  {
    await using store = await openTestStore({ root, machineId: 'here' });
    expect((await store.volumes())[1]).toMatchObject({
      state: 'online',
      mode: 'read',
      path: join(at('two'), 'models'),
    });
    expect(await store.verify()).toMatchObject({ models: 2, problems: [] });
    await expect(store.move(LINE, { to: 'first' }).result).rejects.toMatchObject({ code: 'library.read-only' });
    await expect(store.remove(LINE)).rejects.toMatchObject({ code: 'library.read-only' });
    await store.changeVolume('two', { isDefault: true });
    await writeFile(at('again.safetensors'), vae);
    const again = await store.import([at('again.safetensors')]).result;
    expect(again.models).toMatchObject([{ slug: VAE, place: { kind: 'library' } }]);
  }
  // The first drive is read-only as well: what belongs to this machine is elsewhere.
  await one.unplug();
  await one.plugIn(at('one'), 'ro');
  const stateDir = at('state');
  for (let time = 0; time < 2; time += 1) {
    await using store = await openTestStore({ root, mode: 'read', machineId: 'here', fallbackStateDir: stateDir });
    expect((await store.volumes()).map(({ state, mode }) => [state, mode])).toEqual([
      ['online', 'read'],
      ['online', 'read'],
    ]);
    expect((await store.index.list()).records.map(({ slug }) => slug).toSorted()).toEqual([LINE, VAE]);
    expect(store.stateFile).toBe(join(stateDir, store.libraryId, 'state.db'));
    expect(await store.verify()).toMatchObject({ models: 2, problems: [] });
    await expect(store.edit(VAE, { tags: ['x'] })).rejects.toMatchObject({ code: 'library.read-only' });
  }
  expect((await readdir(join(stateDir, (await readdir(stateDir))[0] ?? ''))).toSorted()).toContainEqual(
    expect.stringMatching(/^models\b.*\.db$/u),
  );
});

it('a full drive keeps nobody from the rest of the library, nor from making room there', async (context) => {
  await using folder = await tempFolder();
  const made = await createTestDrive({ type: 'ext4', sizeBytes: 96 * MIB });
  if ('why' in made) {
    await context.annotate(`no drive could be mounted: ${made.why}`);
    return;
  }
  await using stick = made;
  const mounted = join(folder.path, 'stick');
  await stick.plugIn(mounted);
  const root = join(folder.path, 'library');
  {
    await using store = await openTestStore({ root });
    await store.addVolume(join(mounted, 'models'), { label: 'stick' });
    await download(store, drive, { commit: 'a', files: { 'line.safetensors': lora } });
    await store.move(LINE, { to: 'stick' }).result;
    await store.keepSpareRoom();
    await store.keepSpareRoom();
  }
  await fillUp(mounted);
  await using store = await openTestStore({ root });
  expect((await store.volumes())[1]).toMatchObject({ state: 'online', mode: 'write', models: 1, freeBytes: 0 });
  await expect(store.edit(LINE, { tags: ['x'] })).rejects.toMatchObject({ code: 'io.disk-full' });
  await download(store, drive, { commit: 'a', files: { 'vae.safetensors': vae } });
  expect(await store.verify()).toMatchObject({ models: 2, problems: [] });
  expect(await store.remove(LINE)).toMatchObject({ removed: true });
  await store.collectGarbage({ graceMs: 0 }).result;
  await fillUp(mounted);
  await expect(store.move(VAE, { to: 'stick' }).result).rejects.toMatchObject({ code: 'io.disk-full' });
  expect(await store.verify()).toMatchObject({ models: 1, problems: [] });
});

/** Writes until the drive takes not one block more. */
async function fillUp(folder: string): Promise<void> {
  for (const blockBytes of [MIB, 1024]) {
    const file = await open(join(folder, `filled by ${blockBytes}`), 'a');
    try {
      for (;;) await file.write(Buffer.alloc(blockBytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      await file.close();
    }
  }
}

it('what belongs to a machine is where it is told, and the index stays in the library', async () => {
  await using folder = await tempFolder();
  const [root, stateDir] = [join(folder.path, 'library'), join(folder.path, 'state')];
  await mkdir(stateDir);
  {
    await using store = await openTestStore({ root, stateDir });
    await download(store, drive, { commit: 'a', files: { 'line.safetensors': lora } });
    store.recordUse((await store.resolve(LINE)).id);
    expect(store.stateFile).toBe(join(stateDir, store.libraryId, 'state.db'));
  }
  expect((await readdir(root)).some((name) => /^models\b.*\.db$/u.test(name))).toBe(true);
  expect(await readdir(join(root, '.modelkeep'))).not.toContain('state.db');
  // Losing either loses no model.
  await rename(stateDir, join(folder.path, 'lost'));
  await using store = await openTestStore({ root, stateDir });
  expect(await store.verify()).toMatchObject({ models: 1, problems: [] });
});

it('a library on a share has its databases on this machine, and sees what others have done', async () => {
  await using folder = await tempFolder();
  const [root, fallbackStateDir] = [join(folder.path, 'share'), join(folder.path, 'state')];
  const { mountPoint } = await (await import('@modelkeep/io')).createIo({ workers: 'in-thread' }).driveOf(folder.path);
  const drives = [{ drive: mountPoint, kind: 'network' as const }];
  const open = (name: string): ReturnType<typeof openTestStore> =>
    openTestStore({ root, drives, fallbackStateDir: join(fallbackStateDir, name), machineId: name });
  {
    await using store = await open('a');
    await download(store, drive, { commit: 'a', files: { 'line.safetensors': lora } });
  }
  expect((await readdir(root)).filter((name) => name.endsWith('.db'))).toEqual([]);
  await using store = await open('b');
  expect(await store.resolve(LINE)).toMatchObject({ slug: LINE });
});

describe('a drive that is full when it is to be tidied up', () => {
  it.for(['bytes', 'inodes'] as const)(
    'of %s is opened, and gc and deletions make room there',
    async (what, context) => {
      const made = await createTestDrive({ type: 'ext4', sizeBytes: 64 * MIB, inodes: 1_024 });
      if ('why' in made) {
        await context.annotate(`no drive could be mounted: ${made.why}`);
        return;
      }
      await using folder = await tempFolder();
      await using stick = made;
      const mounted = join(folder.path, 'stick');
      await stick.plugIn(mounted);
      const root = join(mounted, 'models');
      {
        await using store = await openTestStore({ root });
        await download(store, drive, { commit: 'a', files: { 'line.safetensors': lora } });
        await download(store, drive, { commit: 'a', files: { 'vae.safetensors': vae } });
        await store.keepSpareRoom();
      }
      const useUp = what === 'bytes' ? fillUp : useInodesUp;
      await useUp(mounted);
      for (const [reference, left] of [
        [LINE, 1],
        [VAE, 0],
      ] as const) {
        await using store = await openTestStore({ root });
        expect(await store.remove(reference)).toMatchObject({ removed: true });
        const { items } = await store.collectGarbage({ graceMs: 0 }).result;
        expect(items.length).toBeGreaterThan(0);
        await store.collectGarbage({ graceMs: 0 }).result;
        expect(await readdir(join(root, 'blobs', 'sha256'))).toHaveLength(left);
        expect(await store.verify()).toMatchObject({ models: left, problems: [] });
      }
    },
  );
});

/** Makes files until the drive takes not one more. */
async function useInodesUp(folder: string): Promise<void> {
  try {
    for (let number = 0; ; number += 1) await writeFile(join(folder, `empty ${number}`), '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
