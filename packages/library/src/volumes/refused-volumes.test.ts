import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFileSystem } from '@modelkeep/io';
import { expect, it } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';
import { download, lora } from '../proofs/scenes.test-helper.ts';

const drive = { fileSystem: nodeFileSystem, bulkFileSystem: undefined as never };
const LINE = 'lora/flux1/line';

it('a folder that is refused as a volume is left as it was', async () => {
  await using folder = await tempFolder();
  await using store = await openTestStore({ root: join(folder.path, 'library') });
  await store.addVolume(join(folder.path, 'disk'), { label: 'disk' });
  for (const label of ['disk', 'first', ' ']) {
    const refused = store.addVolume(join(folder.path, 'other'), { label });
    await expect(refused).rejects.toMatchObject({ code: 'core.invalid-argument' });
    expect(existsSync(join(folder.path, 'other'))).toBe(false);
  }
  const file = join(folder.path, 'file');
  await writeFile(file, 'no folder');
  await expect(store.addVolume(file)).rejects.toMatchObject({ code: 'library.invalid', facts: { path: file } });
  expect(await store.addVolume(join(folder.path, 'disk'), { label: 'disk' })).toMatchObject({ label: 'disk' });
});

it('two processes that move a model to the same volume both find it there', async () => {
  await using folder = await tempFolder();
  const root = join(folder.path, 'library');
  await using store = await openTestStore({ root });
  await using other = await openTestStore({ root });
  await download(store, drive, { commit: 'a', files: { 'line.safetensors': lora } });
  await store.addVolume(join(folder.path, 'disk'), { label: 'disk' });
  const moved = await Promise.all([store, other].map((one) => one.move(LINE, { to: 'disk' }).result));
  for (const { model } of moved) expect(store.folderOf(model)).toBe(join(folder.path, 'disk', LINE));
  expect(await store.verify()).toMatchObject({ models: 1, problems: [] });
  expect(existsSync(join(root, LINE))).toBe(false);
});
