import { join } from 'node:path';
import { createSqlite } from '@modelkeep/sqlite';
import type { ModelRecord } from '@modelkeep/core';
import { expect, test } from 'vitest';
import type { LibraryIndex } from '../library-index.ts';
import { openLibraryIndex } from '../open-library-index.ts';
import { createRandom, makeFolder, randomRecord } from '../records.test-helper.ts';
import type { ModelFilters } from '../query/filters.ts';

const queries =
  `|flux1|sdxl lo|llama q4_k_m|ka|v1|lora ti|gguf|wan 3|safetensors|kami|text encoder|rase 1|kamlio|lomi|w|flux1ka
|nothinglikethat|sdxl kazan v3`.split('|');
const filters: readonly ModelFilters[] = [
  {},
  { type: 'lora' },
  { type: ['vae', 'llm'], format: 'gguf' },
  { family: 'sdxl', quantisation: 'Q8_0' },
  { minSizeBytes: 3_000, maxSizeBytes: 6_000 },
  { provider: 'hf', complete: true },
];

/** Everything that an index answers, but for the cursors: they hold how far the index went. */
async function answersOf(index: LibraryIndex): Promise<unknown[]> {
  const answers: unknown[] = [await index.stats()];
  for (const [number, filter] of filters.entries()) {
    for (const query of queries) {
      const highlight = number === 0;
      const { hits, approximate, nearWords } = await index.search(query, { ...filter, limit: 50, highlight });
      answers.push([hits.map(({ record, score, highlights }) => [record, score, highlights]), approximate, nearWords]);
      if (number < 2) answers.push(await index.facets(query, filter));
    }
    for (const sort of ['name', 'size', 'imported', 'updated'] as const) {
      answers.push((await index.list({ ...filter, sort, limit: 100 })).records);
    }
  }
  for (let after: string | undefined; ;) {
    const page = await index.list({ after, limit: 1_000 });
    answers.push(page.records);
    if (page.next === null) return answers;
    after = page.next;
  }
}

/** Models come, change and go at random; batches are of any size and in any order. */
async function liveThrough(index: LibraryIndex, models: number): Promise<Map<string, ModelRecord>> {
  const random = createRandom(3);
  const present = new Map<string, ModelRecord>();
  const numbers = Array.from({ length: Math.ceil(models * 1.2) }, (_, number) => number)
    .map((number) => ({ number, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ number }) => number);
  while (numbers.length > 0 && present.size < models) {
    const fresh = numbers.splice(0, 1 + Math.floor(random() * 1_500)).map((number) => randomRecord(number, random));
    const known = [...present.values()];
    const changed = Array.from({ length: Math.min(known.length, Math.floor(random() * 300)) }, () => {
      const old = known[Math.floor(random() * known.length)] as ModelRecord;
      const number = Number.parseInt(old.id.slice(0, 8) + old.id.slice(9, 13), 16);
      return { ...randomRecord(number, random), revision: old.revision + 1 };
    });
    const gone = known.filter(() => random() < 0.01).map(({ id }) => id);
    await index.upsert([...changed, ...fresh]);
    await index.remove(gone);
    for (const record of [...fresh, ...changed]) {
      if ((present.get(record.id)?.revision ?? 0) < record.revision) present.set(record.id, record);
    }
    for (const id of gone) present.delete(id);
  }
  return present;
}

test('a rebuilt index answers exactly like one that lived through 10,000 models', { timeout: 240_000 }, async () => {
  const models = Number(process.env['MODELKEEP_INDEX_MODELS'] ?? 10_000);
  const folder = await makeFolder();
  await using sqlite = createSqlite({ size: 1 });
  await using live = await openLibraryIndex({ path: join(folder, 'live.db'), sqlite });
  await using rebuilt = await openLibraryIndex({ path: join(folder, 'rebuilt.db'), sqlite });
  const present = await liveThrough(live, models);
  expect(present.size).toBeGreaterThan(models * 0.9);
  await rebuilt.replaceAll(present.values());
  const answers = await answersOf(live);
  const again = await answersOf(rebuilt);
  for (const [place, answer] of answers.entries()) expect(again[place], `answer ${place}`).toEqual(answer);
  const { cursor } = await live.changesSince(null);
  await live.replaceAll([...present.values()].toReversed());
  expect(await live.changesSince(cursor)).toEqual({ changes: [], cursor, resync: false });
  const renewed = await answersOf(live);
  for (const [place, answer] of answers.entries()) expect(renewed[place], `answer ${place}`).toEqual(answer);
  expect(await live.check()).toEqual({ ok: true, problems: [] });
});
