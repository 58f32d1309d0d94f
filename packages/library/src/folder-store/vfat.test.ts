import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestDrive } from '@modelkeep/testing';
import { nodeFileSystem } from '@modelkeep/io';
import { expect, it } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';
import { download, lora } from '../proofs/scenes.test-helper.ts';
import { linklessFileSystem } from './linkless.test-helper.ts';

it('a stick with FAT holds a library', async (context) => {
  await using folder = await tempFolder();
  const drive = await createTestDrive({ type: 'vfat', sizeBytes: 64 * 1024 * 1024 });
  // Where no such drive can be mounted, the same is done where links are refused.
  const fileSystem = 'why' in drive ? linklessFileSystem : nodeFileSystem;
  const root = join(folder.path, 'stick');
  if ('why' in drive) await context.annotate(`no vfat could be mounted: ${drive.why}`);
  else await drive.plugIn(root);
  try {
    await using store = await openTestStore({ root, fileSystem });
    await download(
      store,
      { fileSystem, bulkFileSystem: undefined as never },
      { commit: 'a', files: { 'line.safetensors': lora } },
    );
    expect(await store.verify()).toMatchObject({ models: 1, problems: [] });
    expect(await readdir(store.layout.blobs)).toEqual([]);
    expect((await stat(join(root, 'lora/flux1/line/line.safetensors'))).size).toBe(lora.byteLength);
    await store.remove('lora/flux1/line');
    expect(await readdir(store.layout.blobs)).toHaveLength(1);
  } finally {
    if (!('why' in drive)) await drive[Symbol.asyncDispose]();
  }
});
