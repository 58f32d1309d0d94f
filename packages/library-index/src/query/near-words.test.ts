import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LibraryIndex } from '../library-index.ts';
import { openLibraryIndex } from '../open-library-index.ts';
import { idOf, makeFolder, makeRecord } from '../records.test-helper.ts';
import { editDistance } from './edit-distance.ts';
import type { SearchOptions } from './search.ts';

test.each([
  ['', '', 0],
  ['flux', 'flux', 0],
  ['flux', 'flxu', 1],
  ['flux', 'fluxx', 1],
  ['flux', 'flx', 1],
  ['flux', 'fluz', 1],
  ['zebra', 'zbera', 1],
  ['schnell', 'shcnel', 2],
  ['abc', 'xyz', 3],
])('from %s to %s', (a, b, distance) => {
  expect([editDistance(a, b), editDistance(b, a)]).toEqual([distance, distance]);
});

test('where nothing has the words, words like them count', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  await index.upsert([
    makeRecord(1, { officialName: 'Zebrafinch portrait', tags: ['watercolour'] }),
    makeRecord(2, { officialName: 'flux1 schnell' }),
    makeRecord(3, { officialName: 'gone soon quagga' }),
  ]);
  const near = async (query: string): Promise<unknown[]> => {
    const { hits, nearWords } = await index.search(query);
    return [hits.map(({ record }) => record.id), nearWords.map(({ takenFor }) => takenFor).flat()];
  };
  expect(await near('zebrafinhc')).toEqual([[idOf(1)], ['zebrafinch']]);
  expect(await near('zebrafnch portriat')).toEqual([[idOf(1)], ['zebrafinch', 'portrait']]);
  expect(await near('SCHNEL')).toEqual([[idOf(2)], []]);
  expect(await near('schnlel')).toEqual([[idOf(2)], ['schnell']]);
  expect(await near('finch')).toEqual([[idOf(1)], ['zebrafinch']]);
  expect(await near('colour')).toEqual([[idOf(1)], ['watercolour']]);
  expect(await near('zzzzzz')).toEqual([[], []]);
  expect(await near('xyz')).toEqual([[], []]);
  expect((await index.search('zebrafinhc', { near: false })).hits).toEqual([]);
  const [hit] = (await index.search('zebrafinhc', { highlight: true })).hits;
  expect(hit).toMatchObject({
    score: 0.3,
    highlights: [{ field: 'officialName', ranges: [{ start: 0, end: 10 }] }, {}],
  });
  expect(await near('quaga')).toEqual([[idOf(3)], ['quagga']]);
  await index.remove([idOf(3)]);
  expect(await near('quaga')).toEqual([[], []]);
});

test('pages of a search by words that are like those of the query go on with them', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  await index.upsert(Array.from({ length: 7 }, (_, number) => makeRecord(number, { officialName: `zebra ${number}` })));
  const names: string[] = [];
  for (let after: string | undefined; ;) {
    const { hits, next } = await index.search('zebar', { limit: 3, after });
    names.push(...hits.map(({ record }) => record.officialName));
    if (next === null) break;
    after = next;
  }
  expect(names).toEqual([0, 1, 2, 3, 4, 5, 6].map((number) => `zebra ${number}`));
});

/** All pages of a search: names, with a mark for those that only have words like those of the query. */
async function allPages(index: LibraryIndex, query: string, options: SearchOptions): Promise<string[]> {
  const names: string[] = [];
  for (let after: string | undefined; ;) {
    const { hits, next } = await index.search(query, { ...options, after });
    names.push(...hits.map(({ record, near }) => `${near ? '~' : ''}${record.officialName}`));
    if (next === null) return names;
    after = next;
  }
}

test('where few models have the words, others that have words like them come after these', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  const named = (names: readonly string[], from: number, facts: object = {}) =>
    names.map((officialName, number) => makeRecord(from + number, { officialName, ...facts }));
  await index.upsert([
    ...named(['zebra herd', 'the zebra'], 1, { type: 'vae' }),
    ...named(['zebras alone', 'zebrq', 'a zebrb'], 10, { type: 'lora' }),
    ...named(['lion one', 'lion two', 'lion three', 'lion four', 'lion five', 'lipn'], 20),
  ]);
  const all = ['zebra herd', 'zebras alone', 'the zebra', '~zebrq', '~a zebrb'];
  for (const limit of [1, 2, 3, 20]) expect(await allPages(index, 'zebra', { limit })).toEqual(all);
  const { hits, nearWords } = await index.search('zebra');
  expect(nearWords).toEqual([{ word: 'zebra', takenFor: ['zebrb', 'zebrq'] }]);
  expect(hits.map(({ score }) => score)).toEqual([0.8, 0.8, 0.6, 0.3, 0.3]);
  expect(await allPages(index, 'zebra', { near: false })).toEqual(['zebra herd', 'zebras alone', 'the zebra']);
  const byName = ['~a zebrb', 'the zebra', 'zebra herd', 'zebras alone', '~zebrq'];
  for (const limit of [1, 20]) expect(await allPages(index, 'zebra', { limit, sort: 'name' })).toEqual(byName);
  expect(await allPages(index, 'zebra', { type: 'lora' })).toEqual(['zebras alone', '~zebrq', '~a zebrb']);
  expect(await index.facets('zebra', { fields: ['type'] })).toMatchObject({
    models: 5,
    fields: {
      type: [
        { value: 'lora', models: 3 },
        { value: 'vae', models: 2 },
      ],
    },
  });
  // Five are enough.
  expect(await allPages(index, 'lion', { limit: 2 })).toHaveLength(5);
  expect((await index.facets('lion', { fields: [] })).models).toBe(5);
});

test('pages hold still when models with the words come and go between them', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  await index.upsert(['zebra', 'zebrq 1', 'zebrq 2'].map((officialName, id) => makeRecord(id, { officialName })));
  const first = await index.search('zebra', { limit: 2 });
  expect(first.hits.map(({ record }) => record.officialName)).toEqual(['zebra', 'zebrq 1']);
  await index.upsert(Array.from({ length: 9 }, (_, id) => makeRecord(10 + id, { officialName: `zebra new ${id}` })));
  await index.remove([idOf(0)]);
  const after = first.next ?? '';
  const names = (await index.search('zebra', { limit: 20, after })).hits.map(({ record }) => record.officialName);
  expect(names.at(-1)).toBe('zebrq 2');
  expect(names).not.toContain('zebrq 1');
  const [sort, direction, horizon, , ...values] = JSON.parse(Buffer.from(after, 'base64url').toString()) as unknown[];
  for (const exact of [true, ['x'], [1], Array.from({ length: 5 }, () => '1'), { length: 0 }]) {
    const forged = Buffer.from(JSON.stringify([sort, direction, horizon, exact, ...values])).toString('base64url');
    await expect(index.search('zebra', { after: forged })).rejects.toMatchObject({ code: 'core.invalid-argument' });
  }
});

test('an old model with the words comes first, however many new ones have words like them', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  await index.upsert([makeRecord(0, { officialName: 'some zebra' })]);
  await index.upsert(Array.from({ length: 1_200 }, (_, id) => makeRecord(1 + id, { officialName: `zebrq ${id}` })));
  const { hits, approximate } = await index.search('zebra', { limit: 3 });
  expect([hits[0]?.record.officialName, ...hits.map(({ near }) => near)]).toEqual(['some zebra', false, true, true]);
  expect(approximate).toBe(true);
});

test('of several words those are taken for others that a model has together with the rest', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  await index.upsert([
    makeRecord(1, { officialName: 'zebra night' }),
    makeRecord(2, { officialName: 'lion light' }),
    makeRecord(3, { officialName: 'zebrq lights' }),
    ...Array.from({ length: 40 }, (_, number) => makeRecord(10 + number, { officialName: `light${number}x shade` })),
  ]);
  const near = async (query: string): Promise<unknown[]> => {
    const { hits, nearWords } = await index.search(query);
    return [
      hits.map(({ record, near: isNear }) => `${isNear ? '~' : ''}${record.officialName}`),
      Object.fromEntries(nearWords.map(({ word, takenFor }) => [word, takenFor])),
    ];
  };
  // No model has `night` beside a lion: nothing is gained by a second search.
  expect(await near('lion light')).toEqual([['lion light'], {}]);
  expect(await near('zebra night')).toEqual([['zebra night'], {}]);
  // `light` begins more words than are named: it stands for all of them.
  expect(await near('zebra light')).toEqual([
    ['~zebra night', '~zebrq lights'],
    { zebra: ['zebrq'], light: ['night'] },
  ]);
  // Each may be wrong at the same time, and one that nothing has any part of keeps all from being found.
  expect(await near('zebar nihgt')).toEqual([['~zebra night'], { zebar: ['zebra'], nihgt: ['night'] }]);
  expect(await near('zebar qqqq')).toEqual([[], {}]);
  expect(await near('zebar n')).toEqual([['~zebra night'], { zebar: ['zebra'] }]);
});

test('a page goes on with the words themselves where no model has the words like them any more', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  await index.upsert(['zebra a', 'zebra bb', 'zebrq'].map((officialName, id) => makeRecord(id, { officialName })));
  const first = await index.search('zebra', { limit: 1 });
  expect(first.hits.map(({ record }) => record.officialName)).toEqual(['zebra a']);
  await index.remove([idOf(2)]);
  const { hits, next } = await index.search('zebra', { limit: 5, after: first.next ?? '' });
  expect([hits.map(({ record, near }) => [record.officialName, near]), next]).toEqual([[['zebra bb', false]], null]);
});
