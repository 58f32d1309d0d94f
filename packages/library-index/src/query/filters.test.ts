import { join } from 'node:path';
import { facetFields, type ModelRecord, type ModelSource } from '@modelkeep/core';
import { expect, test } from 'vitest';
import type { LibraryIndex } from '../library-index.ts';
import { openLibraryIndex } from '../open-library-index.ts';
import { createRandom, idOf, makeFolder, makeRecord, randomRecord } from '../records.test-helper.ts';
import type { ModelFilters } from './filters.ts';

const source = (provider: ModelSource['provider'], repo: string | null): ModelSource => ({
  provider,
  endpoint: null,
  repo,
  revision: null,
  commit: null,
  path: null,
});

const collection = [
  makeRecord(1, {
    officialName: 'flux one',
    type: 'lora',
    tags: ['style', 'ink'],
    sources: [source('hf', 'acme/one')],
  }),
  makeRecord(2, {
    officialName: 'flux two',
    type: 'lora',
    family: 'krea',
    baseModel: 'Krea 1 [dev]',
    tags: ['style'],
    licence: 'mit',
    sizeBytes: 5_000,
  }),
  makeRecord(3, {
    officialName: 'flux three',
    type: 'vae',
    precision: 'fp16',
    sources: [source('hf', 'acme/three'), source('local', null)],
    importedAt: '2026-05-01T00:00:00.000Z',
  }),
  makeRecord(4, { officialName: 'llama four', type: 'llm', quantisation: 'Q4_K_M', format: 'gguf', complete: false }),
  makeRecord(5, { officialName: 'flux five', tags: ['Style', '" OR "'], updatedAt: '2027-01-01T00:00:00.000Z' }),
];

const cases: readonly (readonly [ModelFilters, readonly number[]])[] = [
  [{}, [1, 2, 3, 4, 5]],
  [{ type: 'lora' }, [1, 2]],
  [{ type: ['lora', 'vae'] }, [1, 2, 3]],
  [{ type: [] }, [1, 2, 3, 4, 5]],
  [{ tags: 'style' }, [1, 2]],
  [{ tags: ['style', 'ink'] }, [1]],
  [{ anyTags: ['ink', 'Style'] }, [1, 5]],
  [{ tags: '" OR "' }, [5]],
  [{ licence: 'mit' }, [2]],
  [{ family: 'krea' }, [2]],
  [{ baseModel: ['Krea 1 [dev]', 'krea 1'] }, [2]],
  [{ baseModel: 'krea 1 [dev]' }, []],
  [{ precision: 'fp16' }, [3]],
  [{ quantisation: ['Q4_K_M', 'Q8_0'] }, [4]],
  [{ format: 'gguf', type: 'lora' }, []],
  [{ provider: 'hf' }, [1, 3]],
  [{ provider: 'local' }, [3]],
  [{ repo: ['acme/one', 'acme/two'] }, [1]],
  [{ complete: false }, [4]],
  [{ complete: true, type: 'llm' }, []],
  [{ minSizeBytes: 1_002 }, [2, 3, 4, 5]],
  [{ minSizeBytes: 1_002, maxSizeBytes: 1_004 }, [3, 4]],
  [{ importedFrom: '2026-04-01' }, [3]],
  [{ importedBefore: '2026-04-01T00:00:00Z' }, [1, 2, 4, 5]],
  [{ updatedFrom: '2026-06-01', updatedBefore: '2028-01-01' }, [5]],
  [{ ids: [idOf(2), idOf(4), idOf(77), 'x'] }, [2, 4]],
  [{ ids: [] }, []],
  [{ ids: [idOf(1), idOf(2)], licence: 'mit' }, [2]],
];

async function withCollection(): Promise<LibraryIndex> {
  const index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  await index.upsert(collection);
  return index;
}

const idsOf = (records: readonly ModelRecord[]): string[] => records.map(({ id }) => id).sort();

test('each filter gives the same models in a list, a search and a count', async () => {
  await using index = await withCollection();
  for (const [filter, numbers] of cases) {
    const all = numbers.map(idOf);
    const flux = all.filter((id) => id !== idOf(4));
    expect([filter, idsOf((await index.list(filter)).records)]).toEqual([filter, all]);
    const { hits } = await index.search('flux', { ...filter, near: false });
    expect([filter, idsOf(hits.map(({ record }) => record))]).toEqual([filter, flux]);
    expect([filter, (await index.facets('', filter)).models]).toEqual([filter, all.length]);
    expect([filter, (await index.facets('flux', { ...filter, near: false })).models]).toEqual([filter, flux.length]);
  }
});

test('what is no filter, field or order is refused', async () => {
  await using index = await withCollection();
  const wrong: readonly (readonly [string, unknown])[] = [
    ['family', 5],
    ['tags', [5]],
    ['type', Array.from({ length: 101 }, String)],
    ['minSizeBytes', -1],
    ['maxSizeBytes', '5'],
    ['importedFrom', 'yesterday'],
    ['updatedBefore', 5],
    ['complete', 'yes'],
    ['ids', 'x'],
    ['ids', [5]],
    ['sort', 'colour'],
    ['direction', 'up'],
  ];
  for (const [argument, value] of wrong) {
    const refused = { code: 'core.invalid-argument', facts: { argument } };
    await expect(index.list({ [argument]: value })).rejects.toMatchObject(refused);
  }
  const refused = { code: 'core.invalid-argument', facts: { argument: 'fields' } };
  await expect(index.facets('', { fields: ['colour' as 'type'] })).rejects.toMatchObject(refused);
  await expect(index.facets('', { limit: 0 })).rejects.toMatchObject({ code: 'core.invalid-argument' });
});

test('facets count what another choice would find', async () => {
  await using index = await withCollection();
  const all = await index.facets('');
  expect(all).toMatchObject({ models: 5, approximate: false });
  expect(Object.keys(all.fields)).toEqual(facetFields);
  expect(all.fields.type).toEqual([
    { value: 'lora', models: 2 },
    { value: 'checkpoint', models: 1 },
    { value: 'llm', models: 1 },
    { value: 'vae', models: 1 },
  ]);
  expect(all.fields.tags?.[0]).toEqual({ value: 'style', models: 2 });
  expect(all.fields.provider).toEqual([
    { value: 'hf', models: 2 },
    { value: 'local', models: 1 },
  ]);
  const loras = await index.facets('flux', { type: 'lora', tags: 'ink', fields: ['type', 'tags', 'format'] });
  expect(loras.models).toBe(1);
  expect(loras.fields).toEqual({
    type: [{ value: 'lora', models: 1 }],
    tags: [
      { value: 'style', models: 2 },
      { value: 'ink', models: 1 },
    ],
    format: [{ value: 'safetensors', models: 1 }],
  });
  expect((await index.facets('fluz')).models).toBe(4);
  expect((await index.facets('', { limit: 1, fields: ['type'] })).fields.type).toHaveLength(1);
  await index.remove([idOf(1), idOf(2)]);
  expect((await index.facets('')).fields.type?.map(({ value }) => value)).not.toContain('lora');
});

test('more matches than are counted are told as at least so many', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  const random = createRandom(5);
  const records = Array.from({ length: 6_000 }, (_, number) => ({ ...randomRecord(number, random), tags: ['wide'] }));
  await index.replaceAll(records);
  expect(await index.facets('', { fields: ['tags'] })).toEqual({
    fields: { tags: [{ value: 'wide', models: 6_000 }] },
    models: 6_000,
    approximate: false,
  });
  const wide = await index.facets('wide', { fields: ['tags'] });
  expect(wide).toEqual({ fields: { tags: [{ value: 'wide', models: 2_000 }] }, models: 2_000, approximate: true });
  expect(await index.facets('', { tags: 'wide', fields: ['format'] })).toMatchObject({
    models: 2_000,
    approximate: true,
  });
  const few = records.filter(({ sizeBytes }) => sizeBytes >= 6_900);
  expect((await index.facets('', { minSizeBytes: 6_900, fields: [] })).models).toBe(few.length);
});
