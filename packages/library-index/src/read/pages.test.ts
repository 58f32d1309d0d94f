import { join } from 'node:path';
import { modelSorts } from '@modelkeep/core';
import { expect, test } from 'vitest';
import { openLibraryIndex } from '../open-library-index.ts';
import { createRandom, makeFolder, makeRecord, randomRecord } from '../records.test-helper.ts';
import type { SortDirection } from '../query/sort-order.ts';

test('pages under writes: who stays as it is comes once, in every order', { timeout: 60_000 }, async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  const random = createRandom(9);
  const stable = Array.from({ length: 120 }, (_, number) => ({
    ...randomRecord(1_000 + number, random),
    sizeBytes: Math.floor(random() * 20),
    importedAt: new Date(1.7e12 + Math.floor(random() * 10)).toISOString(),
    tags: ['steady'],
  }));
  await index.replaceAll(stable);
  let coming = 5_000;
  /** Models come before, between and behind the pages, and go again. */
  const disturb = async (): Promise<void> => {
    const fresh = Array.from({ length: 5 }, () => ({ ...randomRecord(coming++, random), tags: ['steady'] }));
    await index.upsert(fresh);
    if (random() < 0.5) await index.remove(fresh.slice(2).map(({ id }) => id));
  };
  const wanted = stable.map(({ id }) => id).sort();
  const directions: readonly (SortDirection | undefined)[] = [undefined, 'ascending', 'descending'];
  for (const sort of modelSorts) {
    for (const direction of directions) {
      const seen: string[] = [];
      for (let after: string | undefined; ;) {
        const page = await index.list({ sort, direction, after, limit: 37, tags: random() < 0.5 ? 'steady' : [] });
        seen.push(...page.records.map(({ id }) => id));
        if (page.next === null) break;
        after = page.next;
        await disturb();
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.filter((id) => wanted.includes(id)).sort()).toEqual(wanted);
    }
  }
  for (const sort of ['relevance', 'name', 'size'] as const) {
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await index.search('steady', { sort, after, limit: 41 });
      seen.push(...page.hits.map(({ record }) => record.id));
      if (page.next === null) break;
      after = page.next;
      await disturb();
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => wanted.includes(id)).sort()).toEqual(wanted);
  }
});

test('a cursor goes on behind any hit, and belongs to its order', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  await index.upsert(Array.from({ length: 9 }, (_, number) => makeRecord(number, { officialName: `flux ${number}` })));
  const { hits } = await index.search('flux');
  const behind = await index.search('flux', { after: hits[3]?.cursor });
  expect(behind.hits.map(({ record }) => record.id)).toEqual(hits.slice(4).map(({ record }) => record.id));
  const list = await index.list();
  expect((await index.list({ after: list.cursors[3] })).records).toEqual(list.records.slice(4));
  const refused = { code: 'core.invalid-argument', facts: { argument: 'after' } };
  await expect(index.list({ after: hits[0]?.cursor })).rejects.toMatchObject(refused);
  await expect(index.list({ after: list.cursors[0], sort: 'size' })).rejects.toMatchObject(refused);
  await expect(index.list({ after: list.cursors[0], direction: 'descending' })).rejects.toMatchObject(refused);
});

test('a page of models that are few and far between takes several looks', async () => {
  await using index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  const many = Array.from({ length: 12_500 }, (_, number) =>
    makeRecord(number, { officialName: `m ${String(number).padStart(5, '0')}`, complete: true, files: [] }),
  );
  await index.replaceAll(many.map((record, number) => (number % 5_200 === 1 ? { ...record, sizeBytes: 1 } : record)));
  const found = await index.list({ complete: true, maxSizeBytes: 20_000, limit: 1_000, after: undefined });
  expect(found.records).toHaveLength(1_000);
  const rare = await index.list({ maxSizeBytes: 1, minSizeBytes: 1 });
  expect(rare.records.map(({ officialName }) => officialName)).toEqual(['m 00001', 'm 05201', 'm 10401']);
  const last = await index.list({ type: 'checkpoint', updatedFrom: '2026-01-02T03:04:05Z', ids: undefined, limit: 3 });
  expect(last.records.map(({ officialName }) => officialName)).toEqual(['m 00000', 'm 00001', 'm 00002']);
});
