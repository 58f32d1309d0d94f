import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openLibraryIndex } from '../open-library-index.ts';
import { createRandom, makeFolder, randomRecord } from '../records.test-helper.ts';
import { candidatesSql } from './candidates.ts';
import type { ModelFilters } from './filters.ts';
import { parseQuery } from './parse-query.ts';
import { readFilters } from './read-filters.ts';
import { byRelevance, searchSql } from './search-page.ts';

const pieces =
  `flux|llama|ka|lo|mi|xé|v1|1|3.1|q4_k_m|"|""|'|*|(|)|-|+|^|:|names:|AND|OR|NOT|NEAR(|{|}|é|漫画|😀|\uE000|\uE000tlora|\uD800|\0|
|,|%|_|\\|?|:most|;--|<b>|${'a'.repeat(300)}|ſ|ǅ|İ|ß|½|٣|ﬁ|x x|/|@|$1|[|]|~|\u200b|\ufeff|\u202e| | | `.split('|');

const filterSets: readonly ModelFilters[] = [
  ...([{}, {}, {}, { type: 'lora' }, { family: ['sdxl', '" OR "'], tags: ['ka', '\0'] }] as const),
  { minSizeBytes: 1_100, maxSizeBytes: 1_200, complete: true },
  { ids: ['x', '00000000-0001-7000-8000-000000000000'] },
  { repo: '*', provider: 'hf', anyTags: ['a', 'b'], complete: false },
];

/** Tables that no query may read from end to end. `facts` has a few rows. */
const WHOLE_TABLE =
  /^SCAN (?:models|records|model_texts|model_labels|model_files|words|near_words|changes|facet_counts)\b/;

test('no query fails, whatever it is, and none reads a table from end to end', { timeout: 120_000 }, async () => {
  const queries = Number(process.env['MODELKEEP_FUZZ'] ?? 100_000);
  const folder = await makeFolder();
  const path = join(folder, 'models.db');
  const random = createRandom(11);
  {
    await using index = await openLibraryIndex({ path });
    await index.replaceAll(Array.from({ length: 60 }, (_, number) => randomRecord(number, random)));
  }
  // The statements themselves, without threads and records between: these are tested elsewhere.
  using database = new DatabaseSync(path, { readOnly: true });
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const known = statements.get(sql) ?? database.prepare(sql);
    if (!statements.has(sql)) {
      const plan = database.prepare(`explain query plan ${sql}`).all() as { detail: string }[];
      expect(plan.map(({ detail }) => detail).filter((detail) => WHOLE_TABLE.test(detail))).toEqual([]);
      statements.set(sql, known);
    }
    return known;
  };
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const found = [undefined, ...[[], ['1', '2']].map((keys) => ({ query: parseQuery('fl ka'), keys }))];
  let searched = 0;
  for (let round = 0; round < queries; round += 1) {
    const query = parseQuery(
      Array.from({ length: Math.floor(random() ** 3 * 7) }, () => pick(pieces)).join(pick(['', ' '])),
    );
    if (query.terms.length === 0) continue;
    const filters = readFilters(pick(filterSets));
    // One of many is ranked as well: ranking takes no part of a query as anything but a text.
    const isRanked = round % 50 === 0;
    const candidates = candidatesSql({ query, filters, horizon: null, most: 20 });
    const { sql, params } = isRanked
      ? searchSql({ query, filters, order: byRelevance, limit: 5, after: null, exact: pick(found) })
      : {
          sql: `with ${candidates.sql} select count(*), ${candidates.cut} from candidates`,
          params: candidates.parameters,
        };
    const bound = Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'boolean' ? Number(value) : value,
    ]);
    prepare(sql).get(Object.fromEntries(bound) as Record<string, string | number>);
    searched += 1;
  }
  expect(searched).toBeGreaterThan(queries / 3);
});
