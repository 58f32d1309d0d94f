import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openLibraryIndex } from '../open-library-index.ts';
import { makeFolder, makeRecord } from '../records.test-helper.ts';
import { candidatesSql } from './candidates.ts';
import type { ModelFilters } from './filters.ts';
import { parseQuery } from './parse-query.ts';
import { readFilters } from './read-filters.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz';
/** More words with one beginning than are named one by one. */
const word = (beginning: string, number: number): string =>
  `${beginning}${letters[number % 26]}${letters[Math.floor(number / 26) % 26]}x`;

test('a beginning of very many words finds the newest models with it, whatever else begins with its first letters', async () => {
  const path = join(await makeFolder(), 'models.db');
  const names = Array.from({ length: 600 }, (_, number) => {
    // Of the words that begin with `con`, one in four goes on with a v, and one in a hundred with a z.
    const beginning = number % 100 === 0 ? 'conz' : number % 4 === 0 ? 'conv' : 'cont';
    return `${word(beginning, number)} ${number % 3 === 0 ? 'red' : 'green'} 漢字仮${letters[number % 26]}${letters[Math.floor(number / 26)]}`;
  });
  {
    await using index = await openLibraryIndex({ path });
    await index.replaceAll(
      names.map((officialName, number) =>
        makeRecord(number, { officialName, type: number % 2 === 0 ? 'lora' : 'vae' }),
      ),
    );
  }
  using direct = new DatabaseSync(path, { readOnly: true });
  const keys = direct.prepare('select key, id, sort_name, type from models order by key desc').all() as {
    key: number;
    sort_name: string;
    type: string;
  }[];
  const found = (query: string, filters: ModelFilters, purpose: 'rank' | 'count'): readonly unknown[] => {
    const options = { query: parseQuery(query), filters: readFilters(filters), horizon: null, most: 20, purpose };
    const { sql, parameters } = candidatesSql(options);
    return direct
      .prepare(`with ${sql} select key from found order by key desc`)
      .all(parameters as Record<string, SQLInputValue>)
      .map((row) => row['key']);
  };
  for (const query of ['cont', 'conv', 'conz', 'conv red', 'conz green', 'red conv', '漢字仮名', '漢字仮', 'con'])
    for (const filters of [{}, { type: 'lora' }] as const)
      for (const purpose of ['rank', 'count'] as const) {
        const wanted = keys
          .filter(
            ({ sort_name: name, type }) =>
              query.split(' ').every((term) => ` ${name}`.includes(` ${term}`)) &&
              (filters.type === undefined || filters.type === type),
          )
          .slice(0, 21)
          .map(({ key }) => key);
        expect(found(query, filters, purpose), `${query} ${purpose} ${String(filters.type)}`).toEqual(wanted);
      }
});
