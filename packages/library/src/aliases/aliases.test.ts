import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFluxLora } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';

it('paths of other systems mean one model, and none where two could be meant', async () => {
  await using folder = await tempFolder();
  const models = join(folder.path, 'models');
  for (const [name, fillSeed] of [
    ['Lora/line.safetensors', 2],
    ['Lora/sub/line.safetensors', 3],
    ['Other/art.safetensors', 4],
  ] as const) {
    await mkdir(join(models, name, '..'), { recursive: true });
    await writeFile(join(models, name), buildFluxLora({ scale: 0.02, fillSeed }));
  }
  await using store = await openTestStore({ root: join(folder.path, 'library') });
  await store.scan([models]).result;
  const idOf = async (path: string): Promise<string | null> => (await store.findByPath(path))?.id ?? null;
  const art = await idOf(join(models, 'Other', 'art.safetensors'));
  const line = await idOf(join(models, 'Lora', 'line.safetensors'));
  expect(art).not.toBeNull();
  expect(line).not.toBeNull();
  for (const path of ['art.safetensors', 'D:\\SD\\models\\other\\ART.safetensors', '/mnt/Other/art.safetensors']) {
    expect(await idOf(path), path).toBe(art);
  }
  expect(await idOf('E:\\lora\\line.safetensors')).toBe(line);
  expect(await idOf('line.safetensors')).toBeNull();
  expect(await idOf('/elsewhere/art.safetensors')).toBeNull();
  expect(await idOf('/elsewhere/unknown.safetensors')).toBeNull();

  const record = await store.resolve(art ?? '');
  const aliases = ['/elsewhere/art.safetensors', 'Z:\\x\\renamed.safetensors'];
  const told = await store.tell(record, { aliases, lastUsedAt: '2026-01-02T00:00:00.000Z' });
  expect(told).toMatchObject({ aliases, lastUsedAt: '2026-01-02T00:00:00.000Z' });
  expect(
    (await store.tell(record, { aliases: [...aliases].toReversed(), lastUsedAt: '2026-01-01T00:00:00.000Z' })).revision,
  ).toBe(told.revision);
  expect(await idOf('/elsewhere/art.safetensors')).toBe(art);
  expect(await idOf('z:/X/renamed.safetensors')).toBe(art);
  await store.scan([models]).result;
  await store.rebuild();
  expect(await store.resolve(art ?? '')).toMatchObject({ aliases });
});
