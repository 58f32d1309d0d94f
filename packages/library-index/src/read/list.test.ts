import { join } from 'node:path';
import type { ModelRecord } from '@modelkeep/core';
import { expect, test } from 'vitest';
import type { LibraryIndex } from '../library-index.ts';
import { openLibraryIndex } from '../open-library-index.ts';
import { createRandom, digestOf, idOf, makeFolder, makeRecord, randomRecord } from '../records.test-helper.ts';
import type { ListOptions } from './list.ts';

async function readPages(
  index: LibraryIndex,
  options: ListOptions,
  between: () => Promise<void> = async () => {},
): Promise<ModelRecord[]> {
  const records: ModelRecord[] = [];
  let after: string | undefined;
  do {
    const page = await index.list({ ...options, after });
    records.push(...page.records);
    after = page.next ?? undefined;
    await between();
  } while (after !== undefined);
  return records;
}

test('pages give every model once, sorted by name, then id', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  const random = createRandom(1);
  const records = Array.from({ length: 300 }, (_, number) => randomRecord(number, random));
  const twins = [makeRecord(900, { officialName: 'Twin' }), makeRecord(901, { officialName: 'twin' })];
  await index.upsert([...records, ...twins]);
  const listed = await readPages(index, { limit: 7 });
  expect(listed).toHaveLength(302);
  expect(new Set(listed.map(({ id }) => id)).size).toBe(302);
  expect((await readPages(index, { limit: 1_000 })).map(({ id }) => id)).toEqual(listed.map(({ id }) => id));
  const names = listed.map(({ officialName }) => officialName.toLowerCase());
  expect(names.indexOf('twin')).toBe(names.lastIndexOf('twin') - 1);
  const loras = await readPages(index, { limit: 10, type: 'lora', family: 'sdxl' });
  expect(loras).toEqual(listed.filter(({ type, family }) => type === 'lora' && family === 'sdxl'));
  expect(loras.length).toBeGreaterThan(3);
});

test('models that come and go between two pages shift nothing', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  const stable = Array.from({ length: 30 }, (_, number) =>
    makeRecord(number, { officialName: `m ${String(number).padStart(2, '0')}` }),
  );
  await index.upsert(stable);
  let next = 100;
  const listed = await readPages(index, { limit: 4 }, async () => {
    await index.remove([idOf(next - 1)]);
    await index.upsert([makeRecord(next++, { officialName: 'a first one' })]);
  });
  expect(listed).toEqual(stable);
});

test('a cursor that no page gave is refused', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  const cursors = [
    '',
    'x',
    '{}',
    ...['{}', '[1,2]', '["a"]', 'null'].map((text) => Buffer.from(text).toString('base64url')),
  ];
  for (const after of cursors) {
    await expect(index.list({ after })).rejects.toMatchObject({
      code: 'core.invalid-argument',
      facts: { argument: 'after' },
    });
  }
});

test('look-ups by id, prefix, slug, name and revision', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  const records = [1, 2, 0x1_00_00].map((number) => makeRecord(number));
  await index.upsert(records);
  await index.upsert([makeRecord(5, { slug: records[0]?.slug ?? '', updatedAt: '2026-02-01T00:00:00.000Z' })]);
  expect(await index.get(idOf(2))).toEqual(records[1]);
  expect(await index.get('nothing')).toBeNull();
  expect((await index.bySlug('diffusion/other/1'))?.id).toBe(idOf(5));
  expect(await index.bySlug('%')).toBeNull();
  expect((await index.byIdPrefix('0', 2)).map(({ id }) => id)).toEqual([idOf(1), idOf(2)]);
  expect(await index.byIdPrefix(idOf(2).slice(0, 13), 10)).toEqual([records[1]]);
  expect(await index.byIdPrefix(idOf(2), 10)).toEqual([records[1]]);
  for (const prefix of ['', '%', '_', '0%', "0' or 1", 'g', '0'.repeat(37)])
    expect(await index.byIdPrefix(prefix, 10)).toEqual([]);
  await expect(index.byIdPrefix('0', 0)).rejects.toMatchObject({ code: 'core.invalid-argument' });
  await index.upsert([
    makeRecord(7, { officialName: 'FLUX.1-dev', cleanedName: 'FLUX.1-dev' }),
    makeRecord(8, { officialName: 'Fluß', name: 'Flux.1-Dev' }),
    makeRecord(9, { officialName: 'flux1 dev' }),
  ]);
  expect((await index.byName('flux.1-DEV', 10)).map(({ id }) => id)).toEqual([idOf(7), idOf(8)]);
  expect((await index.byName('flux.1-dev', 1)).map(({ id }) => id)).toEqual([idOf(7)]);
  expect((await index.byName('FLUß', 10)).map(({ id }) => id)).toEqual([idOf(8)]);
  for (const name of ['', '%', 'flux', 'flux.1-dev"', 'names : flux', '*'])
    expect(await index.byName(name, 10)).toEqual([]);
  expect(await index.revisionsOf([idOf(1), idOf(99)])).toEqual(new Map([[idOf(1), 1]]));
});

test('files by hash, and how much there is', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  const [one, two] = [makeRecord(1), makeRecord(2)];
  const shared = { ...one.files[0], gitSha1: digestOf(7, 40) } as (typeof one.files)[number];
  const records = [one, { ...two, files: [...two.files, shared] }];
  await index.upsert(records);
  expect(await index.findByFileHash({ sha256: shared.sha256 })).toEqual([
    { modelId: one.id, file: one.files[0] },
    { modelId: two.id, file: shared },
  ]);
  expect(await index.findByFileHash({ gitSha1: digestOf(7, 40) })).toEqual([{ modelId: two.id, file: shared }]);
  expect(await index.findByFileHash({ sha256: digestOf(2), gitSha1: digestOf(7, 40) })).toHaveLength(2);
  expect(await index.findByFileHash({ sha256: digestOf(3) })).toEqual([]);
  for (const hash of [
    {},
    { sha256: 'x' },
    { sha256: digestOf(1).toUpperCase() },
    { gitSha1: digestOf(1) },
    { sha256: digestOf(1), gitSha1: '' },
  ]) {
    await expect(index.findByFileHash(hash)).rejects.toMatchObject({ code: 'core.invalid-argument' });
  }
  const found = await index.findFilesByHash({
    sha256: [digestOf(3), shared.sha256, two.files[0]?.sha256 ?? ''],
    gitSha1: [digestOf(7, 40), digestOf(8, 40)],
  });
  const hashes = found.map(({ sha256 }) => sha256);
  expect(hashes).toHaveLength(3);
  expect(new Set(hashes)).toEqual(new Set([shared.sha256, two.files[0]?.sha256]));
  expect(found.filter(({ gitSha1 }) => gitSha1 === digestOf(7, 40))).toHaveLength(1);
  expect(await index.findFilesByHash({})).toEqual([]);
  expect(await index.findFilesByHash({ gitSha1: [digestOf(8, 40)] })).toEqual([]);
  for (const wrong of [{ sha256: ['x'] }, { gitSha1: [digestOf(1)] }]) {
    await expect(index.findFilesByHash(wrong)).rejects.toMatchObject({ code: 'core.invalid-argument' });
  }
  expect(await index.stats()).toEqual({ models: 2, files: 3, bytes: 2_003 });
  expect(await index.hasFileOfSize(1_001)).toBe(true);
  expect(await index.hasFileOfSize(1_003)).toBe(false);
});
