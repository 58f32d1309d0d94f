import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLibraryIndex } from '../open-library-index.ts';
import { idOf, makeFolder, makeRecord } from '../records.test-helper.ts';
import { editDistance } from './edit-distance.ts';

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
