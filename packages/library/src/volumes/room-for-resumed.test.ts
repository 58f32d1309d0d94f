import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFileSystem, type FileSystem } from '@modelkeep/io';
import { expect, it } from 'vitest';
import { declareDead, openTestStore, tempFolder } from '../open-store.test-helper.ts';
import type { WantedFile } from '../transaction/stored-file.ts';

const MiB = 1024 * 1024;
const wanted: WantedFile = {
  name: 'line.safetensors',
  sizeBytes: 4 * MiB,
  sha256: 'a'.repeat(64),
  gitSha1: null,
  source: { provider: 'hf', endpoint: 'https://hub.example', repo: 'a/b', revision: 'main', commit: null, path: null },
};

it('what was fetched of a file needs no room on its drive any more, and counts for the quota', async () => {
  await using folder = await tempFolder();
  const disk = join(folder.path, 'disk');
  const freeBytes = { first: 1e12, disk: 1e12 };
  const statfs: FileSystem['statfs'] = async (path) => ({
    ...(await nodeFileSystem.statfs(path)),
    freeBytes: path.startsWith(disk) ? freeBytes.disk : freeBytes.first,
  });
  const root = join(folder.path, 'library');
  await using store = await openTestStore({ root, fileSystem: { ...nodeFileSystem, statfs } });
  const { volumeId } = await store.addVolume(disk, { label: 'disk', isDefault: true });
  const lacking = async (): Promise<number> => (await store.roomFor([wanted], { volume: 'disk' })).bytesLacking / MiB;

  const { files } = await store.begin([wanted]);
  const part = files[0]?.part ?? '';
  expect(part.startsWith(disk)).toBe(true);
  await writeFile(part, Buffer.alloc(3 * MiB, 7));
  freeBytes.disk = MiB / 2;
  // Whoever writes it still does: nobody else can go on with it.
  expect(await lacking()).toBe(3.5);
  await declareDead(disk);
  expect(await lacking()).toBe(0.5);
  // It fits in beside what stays free for other things: the drive of its part is not given up for another one.
  freeBytes.disk = 65.5 * MiB;
  expect(await store.roomFor([wanted])).toEqual({ volumeId, bytesNeeded: 4 * MiB, bytesLacking: 0 });
  const other = { ...wanted, sha256: 'b'.repeat(64) };
  expect((await store.roomFor([other])).volumeId).not.toBe(volumeId);

  await store.setQuota(MiB, { volume: 'disk' });
  expect(await lacking()).toBe(3);
  await store.setQuota(null, { volume: 'disk' });
  // A part that several connections write has holes.
  await writeFile(part, '');
  await truncate(part, 4 * MiB);
  freeBytes.disk = MiB / 2;
  expect(await lacking()).toBe(3.5);
  await expect(store.begin([wanted], { volume: 'disk' })).rejects.toMatchObject({
    code: 'io.disk-full',
    facts: { neededBytes: 4 * MiB },
  });
});
