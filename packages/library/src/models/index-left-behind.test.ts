import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFluxLora } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';

it('what a killed process has committed, and the index does not know, is known once it is told again', async () => {
  await using folder = await tempFolder();
  await using store = await openTestStore({ root: join(folder.path, 'library') });
  await writeFile(join(folder.path, 'line.safetensors'), buildFluxLora({ scale: 0.02 }));
  const [before] = (await store.import([join(folder.path, 'line.safetensors')]).result).models;
  if (before === undefined) throw new Error('nothing was imported');
  const told = { aliases: ['D:\\models\\line.safetensors'] };
  const after = await store.tell(before, told);
  expect(after.revision).toBe(before.revision + 1);
  // As the index is when the process ends between the two.
  await store.index.remove([before.id]);
  await store.index.upsert([before]);
  expect((await store.index.get(before.id))?.revision).toBe(before.revision);

  expect(await store.tell(before, told)).toEqual(after);
  expect(await store.index.get(before.id)).toEqual(after);
});
