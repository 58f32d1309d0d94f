import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LibraryIndex } from '../library-index.ts';
import { openLibraryIndex } from '../open-library-index.ts';
import { createRandom, idOf, makeFolder, makeRecord, randomRecord } from '../records.test-helper.ts';
import type { SearchOptions } from './search.ts';

const collection = [
  makeRecord(1, { officialName: 'FLUX.1-dev', family: 'flux1', baseModel: 'Flux.1 D', type: 'diffusion-model' }),
  makeRecord(2, { officialName: 'flux1-schnell-fp8', family: 'flux1', type: 'diffusion-model' }),
  makeRecord(3, {
    officialName: 'Llama-3-8B-Instruct-Q4_K_M',
    family: 'llama',
    type: 'llm',
    format: 'gguf',
    quantisation: 'Q4_K_M',
  }),
  makeRecord(4, { officialName: 'Meta-Llama-3.1-8B', family: 'llama', type: 'llm', format: 'gguf' }),
  makeRecord(5, { officialName: 't5xxl_fp16', type: 'text-encoder' }),
  makeRecord(6, {
    officialName: 'Café Noir',
    family: 'flux1',
    type: 'lora',
    triggerWords: ['ohwx woman'],
    tags: ['Style'],
  }),
  makeRecord(7, { officialName: 'portrait', type: 'lora', description: '<p>Trained on <b>flux</b> at dusk</p>' }),
  makeRecord(8, {
    officialName: 'a vae',
    type: 'vae',
    sources: [{ provider: 'hf', endpoint: null, repo: 'acme/Tiny_Flux-VAE', revision: null, commit: null, path: null }],
  }),
];

async function withCollection(): Promise<LibraryIndex> {
  const index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  await index.upsert(collection);
  return index;
}

async function namesOf(index: LibraryIndex, query: string, options?: SearchOptions): Promise<string[]> {
  return (await index.search(query, options)).hits.map(({ record }) => record.officialName);
}

test('people find names however they type them', async () => {
  await using index = await withCollection();
  const expected: readonly (readonly [string, readonly string[]])[] = [
    ['flux1 dev', ['FLUX.1-dev']],
    ['flux.1-dev', ['FLUX.1-dev']],
    ['flux 1 dev', ['FLUX.1-dev']],
    ['FLUX1DEV', ['FLUX.1-dev']],
    ['flux-1-sch', ['flux1-schnell-fp8']],
    ['flux 1 schnell', ['flux1-schnell-fp8']],
    ['llama 3 8b', ['Llama-3-8B-Instruct-Q4_K_M', 'Meta-Llama-3.1-8B']],
    ['llama3', ['Llama-3-8B-Instruct-Q4_K_M', 'Meta-Llama-3.1-8B']],
    ['llama3.1', ['Meta-Llama-3.1-8B']],
    ['llama31', ['Meta-Llama-3.1-8B']],
    ['q4 k m', ['Llama-3-8B-Instruct-Q4_K_M']],
    ['q4_k_m', ['Llama-3-8B-Instruct-Q4_K_M']],
    ['Q4KM', ['Llama-3-8B-Instruct-Q4_K_M']],
    ['t5xxl', ['t5xxl_fp16']],
    ['t5 xxl', ['t5xxl_fp16']],
    ['fp16', ['t5xxl_fp16']],
    ['cafe', ['Café Noir']],
    ['CAFÉ noir', ['Café Noir']],
    ['style ohwx', ['Café Noir']],
    ['dusk', ['portrait']],
    ['acme/tiny', ['a vae']],
    ['tiny-flux', ['a vae']],
    ['t5xxl_fp16.safetensors', ['t5xxl_fp16']],
    ['dev llama', []],
    ['nothing like that', []],
  ];
  for (const [query, names] of expected) expect([query, await namesOf(index, query)]).toEqual([query, names]);
});

test('names come first: the name itself, its beginning, words of it, then labels, then the rest', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  await index.upsert([
    makeRecord(1, { officialName: 'zz', description: 'flux' }),
    makeRecord(2, { officialName: 'yy', tags: ['flux'] }),
    makeRecord(3, { officialName: 'a fluxion' }),
    makeRecord(4, { officialName: 'a flux' }),
    makeRecord(5, { officialName: 'fluxes' }),
    makeRecord(6, { officialName: 'Flux' }),
    makeRecord(7, { officialName: 'b flux' }),
  ]);
  const { hits, approximate } = await index.search('flux');
  expect(hits.map(({ record, score }) => [record.officialName, score])).toEqual([
    ['Flux', 1],
    ['fluxes', 0.8],
    ['a flux', 0.6],
    ['b flux', 0.6],
    ['a fluxion', 0.4],
    ['yy', 0.2],
    ['zz', 0],
  ]);
  expect(approximate).toBe(false);
});

test('filters are exact and go with every query', async () => {
  await using index = await withCollection();
  expect(await namesOf(index, 'flux', { type: 'lora' })).toEqual(['Café Noir', 'portrait']);
  expect(await namesOf(index, 'flux', { type: 'lora', family: 'flux1' })).toEqual(['Café Noir']);
  expect(await namesOf(index, 'flux', { baseModel: 'Flux.1 D' })).toEqual(['FLUX.1-dev']);
  expect(await namesOf(index, 'flux', { baseModel: 'flux.1 d' })).toEqual([]);
  expect(await namesOf(index, '', { format: 'gguf' })).toEqual(['Llama-3-8B-Instruct-Q4_K_M', 'Meta-Llama-3.1-8B']);
  expect(await namesOf(index, 'llama', { family: '" OR 1 --' })).toEqual([]);
  const wrong = { family: 5 } as unknown;
  await expect(index.search('flux', wrong as SearchOptions)).rejects.toMatchObject({
    code: 'core.invalid-argument',
    facts: { argument: 'family' },
  });
});

test('a query without letters and digits lists', async () => {
  await using index = await withCollection();
  const all = (await index.list()).records;
  for (const query of ['', '   ', '"', '***', '-', '\0']) {
    expect((await index.search(query)).hits.map(({ record }) => record)).toEqual(all);
  }
});

test('limits are checked', async () => {
  await using index = await withCollection();
  expect(await namesOf(index, 'flux', { limit: 1 })).toHaveLength(1);
  for (const limit of [0, -1, 1.5, 1_001, Number.NaN, Infinity]) {
    await expect(index.search('flux', { limit })).rejects.toMatchObject({
      code: 'core.invalid-argument',
      facts: { argument: 'limit' },
    });
  }
  const query = 5 as unknown;
  await expect(index.search(query as string)).rejects.toMatchObject({ code: 'core.invalid-argument' });
});

test('what looks like a language is plain text', async () => {
  await using index = await withCollection();
  const hostile = [
    '"',
    '""',
    '"flux',
    'flux"',
    "'",
    'a AND',
    'AND',
    'OR OR',
    'NOT flux',
    'flux NOT',
    'NEAR(flux dev, 2)',
    'NEAR/2',
    '-foo',
    'OPS-306',
    'a:b',
    'names:flux',
    'names : flux',
    '^',
    '^flux',
    'flux^',
    'flux*',
    '*',
    '* *',
    '(',
    '((((',
    ')',
    '{names} : flux',
    '{',
    '+',
    'flux + dev',
    '\0',
    'flux\0dev',
    '\uE000',
    '\uE000typeab',
    '\uD800',
    '\uFFFF',
    ';drop table models',
    "' or 1=1 --",
    '%',
    '_',
    '\\',
    '?',
    ':term0_0',
    'x'.repeat(10_000),
    'flux '.repeat(2_000),
    '1'.repeat(10_000),
    'a-'.repeat(5_000),
    '('.repeat(10_000),
    '"'.repeat(10_000),
  ];
  for (const query of hostile) await index.search(query);
  expect(await namesOf(index, '"flux" AND "dev')).toEqual([]);
  expect(await namesOf(index, '^flux:1* -dev')).toEqual(['FLUX.1-dev']);
  expect(await namesOf(index, `flux\0dev`)).toEqual(['FLUX.1-dev']);
});

test('random queries neither fail nor miss their own name', async () => {
  await using index = await withCollection();
  const random = createRandom(42);
  const pieces = [
    'flux',
    'llama',
    '1',
    '3.1',
    '"',
    "'",
    '*',
    '(',
    ')',
    '-',
    '+',
    '^',
    ':',
    ' ',
    ' ',
    'AND',
    'OR',
    'NEAR',
    '\0',
    '{',
    '}',
    'é',
    '漫',
    '😀',
    '\uE000',
    '\uD800',
    ',',
    '\n',
    '%',
    '\\',
  ];
  for (let round = 0; round < 400; round += 1) {
    const length = Math.floor(random() * 12);
    const noise = Array.from({ length }, () => pieces[Math.floor(random() * pieces.length)] ?? '').join('');
    await index.search(noise, { limit: 1 });
    if (round % 20 !== 0) continue;
    const record = collection[round % collection.length];
    const [hit] = (await index.search(`"${record?.officialName}" ( ^ *`, { limit: 1 })).hits;
    expect(hit).toMatchObject({ record: { id: record?.id }, score: 1 });
  }
});

test('a broad query ranks a part and says so; a name that begins with it is found nevertheless', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  const random = createRandom(7);
  const exact = makeRecord(0, { officialName: 'wide', type: 'vae' });
  const many = Array.from({ length: 2_500 }, (_, number) => ({ ...randomRecord(number + 1, random), tags: ['wide'] }));
  await index.upsert([exact, ...many]);
  const broad = await index.search('wid', { limit: 5 });
  expect(broad.approximate).toBe(true);
  expect(broad.hits).toHaveLength(5);
  expect(broad.hits[0]?.record.id).toBe(idOf(0));
  const narrow = await index.search('wid', { type: 'vae', limit: 1_000 });
  const vaes = [exact, ...many].filter(({ type }) => type === 'vae');
  expect(narrow.approximate).toBe(false);
  expect(new Set(narrow.hits.map(({ record }) => record.id))).toEqual(new Set(vaes.map(({ id }) => id)));
});

test('a search that is given up, before or while it runs, ends with the reason and nothing else', async () => {
  await using index = await withCollection();
  const reason = new Error('enough');
  await expect(index.search('flux line', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const abort = new AbortController();
  const searching = index.search('zebrafinhc portrait', { signal: abort.signal });
  abort.abort(reason);
  await expect(searching).rejects.toBe(reason);
});
