import { join } from 'node:path';
import { systemClock } from '@modelkeep/core';
import { openSqlite } from '@modelkeep/sqlite';
import { expect, test } from 'vitest';
import { openLibraryIndex } from '../open-library-index.ts';
import { digestOf, idOf, makeFolder, makeRecord } from '../records.test-helper.ts';

const at = '2026-01-02T03:04:05.000Z';
const clock = { ...systemClock, now: () => Date.parse(at) };

test('only a newer revision is written, in the rows, the files and the full text', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  const first = makeRecord(1, { officialName: 'first', revision: 3 });
  expect(await index.upsert([first])).toBe(1);
  for (const revision of [2, 3]) {
    const stale = makeRecord(1, { officialName: 'stale', revision });
    expect(await index.upsert([{ ...stale, files: [] }])).toBe(0);
  }
  expect(await index.get(idOf(1))).toEqual(first);
  expect((await index.search('stale')).hits).toEqual([]);
  const next = { ...makeRecord(1, { officialName: 'second', revision: 4 }), files: [] };
  expect(await index.upsert([next])).toBe(1);
  expect((await index.search('first')).hits).toEqual([]);
  expect((await index.search('second')).hits).toMatchObject([{ record: next }]);
  expect(await index.findByFileHash({ sha256: digestOf(1) })).toEqual([]);
  expect(await index.stats()).toMatchObject({ models: 1, files: 0 });
});

test('of one model in one call the newest revision counts', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  const revisions = [1, 3, 2].map((revision) => makeRecord(1, { officialName: `revision ${revision}`, revision }));
  expect(await index.upsert(revisions)).toBe(1);
  expect(await index.get(idOf(1))).toEqual(revisions[1]);
});

test('removed models are gone from everywhere', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  await index.upsert([makeRecord(1), makeRecord(2)]);
  expect(await index.remove([idOf(1), idOf(9)])).toBe(1);
  expect(await index.remove([])).toBe(0);
  expect((await index.search('model')).hits.map(({ record }) => record.id)).toEqual([idOf(2)]);
  expect(await index.get(idOf(1))).toBeNull();
  expect(await index.findByFileHash({ sha256: digestOf(1) })).toEqual([]);
  expect(await index.stats()).toMatchObject({ models: 1, files: 1 });
});

test('hostile values are only values', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  const hostile = makeRecord(1, {
    officialName: `'); drop table models; -- "\0" \uE000 *`,
    family: '\0',
    baseModel: '',
    tags: ['__proto__', '"', ''],
    description: '\uD800<',
  });
  await index.upsert([hostile]);
  expect(await index.get(idOf(1))).toEqual(hostile);
  expect((await index.search('drop table')).hits).toHaveLength(1);
  expect((await index.list({ baseModel: '' })).records).toHaveLength(1);
});

test('the change log: what happened after a cursor, in order', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db'), clock });
  const start = await index.changesSince(null);
  expect(start).toMatchObject({ changes: [], resync: true });
  expect(await index.changesSince(start.cursor)).toEqual({ ...start, resync: false });
  await index.upsert([makeRecord(2), makeRecord(1)]);
  await index.upsert([makeRecord(1)]);
  await index.upsert([makeRecord(1, { revision: 2 })]);
  await index.remove([idOf(2)]);
  const page = await index.changesSince(start.cursor);
  expect(page).toMatchObject({ resync: false });
  expect(page.changes).toEqual([
    { modelId: idOf(1), kind: 'written', at },
    { modelId: idOf(2), kind: 'written', at },
    { modelId: idOf(1), kind: 'written', at },
    { modelId: idOf(2), kind: 'removed', at },
  ]);
  const half = await index.changesSince(start.cursor, { limit: 3 });
  expect((await index.changesSince(half.cursor)).changes).toEqual(page.changes.slice(3));
  expect(await index.changesSince(page.cursor)).toMatchObject({ changes: [], resync: false });
});

test('a cursor that is too old, or from elsewhere, asks for a new start', async () => {
  const folder = await makeFolder();
  await using index = await openLibraryIndex({ path: join(folder, 'models.db') });
  await using other = await openLibraryIndex({ path: join(folder, 'other.db') });
  const { cursor } = await index.changesSince(null);
  expect(await other.changesSince(cursor)).toMatchObject({ changes: [], resync: true });
  expect(await index.changesSince(cursor.replace(/\d+$/, '999'))).toMatchObject({ resync: true });
  await using database = await openSqlite({ path: index.path });
  await database.run(`with recursive numbers (number) as (select 1 union all select number + 1 from numbers where number < 20000)
insert into changes (model_id, kind, at) select 'x', 'written', '' from numbers`);
  expect(await index.changesSince(cursor)).toMatchObject({ resync: false });
  await index.upsert([makeRecord(1)]);
  expect(await index.changesSince(cursor)).toMatchObject({ changes: [], resync: true });
  for (const wrong of ['', 'x', '1', `${cursor}x`, `${cursor} or 1`]) {
    await expect(index.changesSince(wrong)).rejects.toMatchObject({
      code: 'core.invalid-argument',
      facts: { argument: 'cursor' },
    });
  }
});

test('an aborted write ends with its reason', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  const reason = new Error('stop');
  const signal = AbortSignal.abort(reason);
  await expect(index.upsert([makeRecord(1)], { signal })).rejects.toBe(reason);
  await expect(index.remove([idOf(1)], { signal })).rejects.toBe(reason);
  await expect(index.replaceAll([makeRecord(1)], { signal })).rejects.toBe(reason);
  await expect(index.search('model', { signal })).rejects.toBe(reason);
  expect(await index.stats()).toMatchObject({ models: 0 });
});
