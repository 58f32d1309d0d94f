import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { SqliteDatabase, SqlParams } from '@modelkeep/sqlite';
import { expect, test } from 'vitest';
import { openLibraryIndex } from '../open-library-index.ts';
import { createRandom, makeFolder, randomRecord } from '../records.test-helper.ts';
import { candidatesSql } from './candidates.ts';
import { countFacetsOf } from './facets.ts';
import type { ModelFilters } from './filters.ts';
import { parseQuery } from './parse-query.ts';
import { readFilters } from './read-filters.ts';
import { searchModels } from './search.ts';

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

/** A limit that is a parameter and nothing else: SQLite would plan the statement again in each call. */
const PLANNED_EACH_TIME = /\blimit\s+[:?]\w*(?!\w|\s*\+)/;

/** Each statement is looked at once, then the database answers on this thread. */
function checkedDatabase(path: string): {
  readonly database: SqliteDatabase;
  readonly run: (sql: string, params?: SqlParams) => unknown[];
  readonly close: () => void;
} {
  const direct = new DatabaseSync(path, { readOnly: true });
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const known = statements.get(sql) ?? direct.prepare(sql);
    if (!statements.has(sql)) {
      const plan = direct.prepare(`explain query plan ${sql}`).all() as { detail: string }[];
      expect(plan.map(({ detail }) => detail).filter((detail) => WHOLE_TABLE.test(detail))).toEqual([]);
      expect(sql).not.toMatch(PLANNED_EACH_TIME);
      statements.set(sql, known);
    }
    return known;
  };
  const run = (sql: string, params: SqlParams = {}): unknown[] => {
    const bound = Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'boolean' ? Number(value) : (value as SQLInputValue),
    ]);
    return Array.isArray(params)
      ? prepare(sql).all(...(params as SQLInputValue[]))
      : prepare(sql).all(Object.fromEntries(bound) as Record<string, SQLInputValue>);
  };
  const all = async (sql: string, params?: SqlParams): Promise<unknown[]> => run(sql, params);
  const get = async (sql: string, params?: SqlParams): Promise<unknown> => run(sql, params)[0];
  return { database: { path, all, get } as unknown as SqliteDatabase, run, close: () => direct.close() };
}

test('no query fails, whatever it is, and none reads a table from end to end', { timeout: 600_000 }, async () => {
  const queries = Number(process.env['MODELKEEP_FUZZ'] ?? 100_000);
  const folder = await makeFolder();
  const path = join(folder, 'models.db');
  const random = createRandom(11);
  {
    await using index = await openLibraryIndex({ path });
    await index.replaceAll(Array.from({ length: 60 }, (_, number) => randomRecord(number, random)));
  }
  // The statements themselves, without threads between: these are tested elsewhere.
  const { database, run, close } = checkedDatabase(path);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  let searched = 0;
  let found = 0;
  for (let round = 0; round < queries; round += 1) {
    const text = Array.from({ length: Math.floor(random() ** 3 * 7) }, () => pick(pieces)).join(pick(['', ' ']));
    const query = parseQuery(text);
    if (query.terms.length === 0) continue;
    const filters = pick(filterSets);
    searched += 1;
    // What follows takes no part of a query as anything but a text: of many, one goes all the way, words like its own included.
    if (round % 50 === 0) {
      const sort = pick(['relevance', 'name', 'size'] as const);
      const { hits, next } = await searchModels(database, text, { ...filters, sort, limit: 2, highlight: true });
      if (next !== null) await searchModels(database, text, { ...filters, sort, limit: 2, after: next });
      const { models } = await countFacetsOf(database, text, filters);
      expect(models >= hits.length, text).toBe(true);
      found += hits.length;
      continue;
    }
    const purpose = pick(['rank', 'count'] as const);
    const candidates = candidatesSql({ query, filters: readFilters(filters), horizon: null, most: 20, purpose });
    run(`with ${candidates.sql} select count(*), ${candidates.cut} from candidates`, candidates.parameters);
  }
  close();
  expect(searched).toBeGreaterThan(queries / 3);
  expect(found).toBeGreaterThan(queries / 1_000);
});
