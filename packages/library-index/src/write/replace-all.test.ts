import { join } from 'node:path';
import type { ModelRecord } from '@modelkeep/core';
import { expect, test } from 'vitest';
import { openLibraryIndex } from '../open-library-index.ts';
import { idOf, makeFolder, makeRecord } from '../records.test-helper.ts';

test('the index holds exactly the records, and the log takes what differs', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  expect(index.needsRebuild).toBe(true);
  await index.upsert([makeRecord(1), makeRecord(2), makeRecord(3, { revision: 9 })]);
  const { cursor } = await index.changesSince(null);
  const changed = makeRecord(3, { officialName: 'restored', revision: 2 });
  expect(await index.replaceAll([makeRecord(2), changed, makeRecord(4)])).toEqual({ written: 3, removed: 1 });
  expect(index.needsRebuild).toBe(false);
  const { changes } = await index.changesSince(cursor);
  expect(changes.map(({ modelId, kind }) => [modelId, kind])).toEqual([
    [idOf(1), 'removed'],
    [idOf(3), 'written'],
    [idOf(4), 'written'],
  ]);
  expect((await index.search('restored')).hits).toMatchObject([{ record: changed }]);
  expect((await index.search('model 1')).hits).toEqual([]);
  expect(await index.replaceAll([])).toEqual({ written: 0, removed: 3 });
  expect(await index.stats()).toEqual({ models: 0, files: 0, bytes: 0 });
});

test('readers see the old index until the new one is there, and nobody waits for the records', async () => {
  const path = join(await makeFolder(), 'models.db');
  await using index = await openLibraryIndex({ path });
  await using other = await openLibraryIndex({ path });
  await index.upsert(Array.from({ length: 10 }, (_, number) => makeRecord(number)));
  let read = 0;
  async function* slowRecords(): AsyncGenerator<ModelRecord> {
    for (let number = 100; number < 1_100; number += 1) {
      if (number % 250 === 0) {
        expect((await other.stats()).models).toBe(10 + read);
        await other.upsert([makeRecord(5_000 + read)]);
        read += 1;
      }
      yield makeRecord(number);
    }
  }
  const reported: number[] = [];
  await index.replaceAll(slowRecords(), { onProgress: (recordsRead) => reported.push(recordsRead) });
  expect(reported.at(-1)).toBe(1_000);
  expect((await other.stats()).models).toBe(1_000 + read);
  expect(read).toBe(4);
});

test('what happens during a rebuild is newer than what the rebuild read', async () => {
  const path = join(await makeFolder(), 'models.db');
  await using index = await openLibraryIndex({ path });
  await using other = await openLibraryIndex({ path });
  await index.replaceAll([1, 2, 3, 4].map((number) => makeRecord(number)));
  const updated = makeRecord(2, { officialName: 'updated meanwhile', revision: 5 });
  const added = makeRecord(9, { officialName: 'added meanwhile' });
  const newest = makeRecord(4, { officialName: 'newest on disk', revision: 8 });
  async function* records(): AsyncGenerator<ModelRecord> {
    yield* [1, 2, 3].map((number) => makeRecord(number));
    await other.upsert([updated, added, makeRecord(4, { revision: 7 })]);
    await other.remove([idOf(3)]);
    yield newest;
  }
  expect(await index.replaceAll(records())).toMatchObject({ removed: 0 });
  const names = (await index.list()).records.map(({ officialName }) => officialName);
  expect(names).toEqual(['added meanwhile', 'model 1', 'newest on disk', 'updated meanwhile']);
  for (const name of names) expect((await index.search(name)).hits).toHaveLength(1);
  expect((await index.search('model 3')).hits).toEqual([]);
});

test('a source that fails changes nothing; rebuilds of one index take turns', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  await index.upsert([makeRecord(1)]);
  async function* broken(): AsyncGenerator<ModelRecord> {
    yield makeRecord(2);
    throw new Error('the drive is gone');
  }
  await expect(index.replaceAll(broken())).rejects.toThrow('the drive is gone');
  expect(index.needsRebuild).toBe(true);
  expect((await index.list()).records).toEqual([makeRecord(1)]);
  const many = (from: number): ModelRecord[] => Array.from({ length: 500 }, (_, number) => makeRecord(from + number));
  await Promise.all([index.replaceAll(many(1_000)), index.replaceAll(many(2_000))]);
  expect((await index.list({ limit: 1_000 })).records.map(({ id }) => id).sort()).toEqual(
    many(2_000).map(({ id }) => id),
  );
});
