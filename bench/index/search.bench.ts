/**
 * Searches, counts and lists through the index. Beside each search: the same one without words that are like those of the query
 * (`exact`), whose statement is run by hand on the calling thread, which waits for it, and in a thread of its own, as it has to be
 * where nobody may wait (both ratios are those of the p99); and one FTS5 table with bm25 as it is made in an afternoon (`plain`, median).
 * MODELKEEP_BENCH_MODELS sets the sizes, with commas between (default 10000,100000; 1000000 takes some minutes more),
 * MODELKEEP_BENCH_ROUNDS the calls of each (default 401; five times as many of the six selective searches, whose p99 are half a
 * millisecond), MODELKEEP_BENCH_DIR the drive, MODELKEEP_BENCH_ONLY=selective leaves out the rest.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { openLibraryIndex, type ModelFilters } from '../../packages/library-index/src/index.ts';
import { READ_CACHE_BYTES } from '../../packages/library-index/src/open-database.ts';
import { parseQuery } from '../../packages/library-index/src/query/parse-query.ts';
import { readFilters } from '../../packages/library-index/src/query/read-filters.ts';
import { byRelevance, searchSql } from '../../packages/library-index/src/query/search-page.ts';
import { median } from '../alternate.ts';
import { madeRecords, numbersOf, p99 } from './made-records.ts';
import { sqlThread } from './sql-thread.ts';

const rounds = numbersOf('MODELKEEP_BENCH_ROUNDS', '401')[0] ?? 401;

const onlySelective = process.env['MODELKEEP_BENCH_ONLY'] === 'selective';
const selective: readonly (readonly [string, ModelFilters])[] = [
  ['zebrafinch', {}],
  ['zeb', {}],
  ['zebrafinch portrait', {}],
  ['zebrafinch lora', {}],
  ['zebrafinch safetensors', {}],
  ['zebrafinch', { type: 'lora' }],
];
const broad: readonly (readonly [string, ModelFilters])[] = [
  ['flu', {}],
  ['flux', {}],
  ['w', {}],
  ['sdxl lora', {}],
  ['safetensors', {}],
  ['w', { type: 'vae', minSizeBytes: 2_000 }],
];

const show = (...values: readonly number[]): string => values.map((value) => value.toFixed(2).padStart(9)).join('');

/** Calls of each that do not count: until then Node compiles what they run, ours as well as that by hand. */
const WARM_UP = 100;

/** Calls of what is shown by its median only, which is the slowest by far where there is much to rank. */
const MEDIAN_CALLS = 41;

/** The times of calls in turn, in milliseconds; of those from the given place on no more than a median needs. */
async function timeEach(
  calls: readonly (() => unknown)[],
  counted = rounds,
  medianFrom = calls.length,
): Promise<number[][]> {
  const times = calls.map((): number[] => []);
  for (let round = -Math.min(WARM_UP, counted); round < counted; round += 1) {
    for (const [place, call] of calls.entries()) {
      if (place >= medianFrom && (round < 0 || round >= MEDIAN_CALLS)) continue;
      const started = performance.now();
      await call();
      if (round >= 0) times[place]?.push(performance.now() - started);
    }
  }
  return times;
}

for (const models of numbersOf('MODELKEEP_BENCH_MODELS', '10000,100000')) {
  const folder = await mkdtemp(join(process.env['MODELKEEP_BENCH_DIR'] ?? tmpdir(), 'modelkeep-bench-'));
  try {
    await using index = await openLibraryIndex({ path: join(folder, 'models.db') });
    let started = performance.now();
    await index.replaceAll(madeRecords(models));
    const seconds = (performance.now() - started) / 1_000;
    using byHand = new DatabaseSync(index.path, { readOnly: true });
    byHand.exec(`pragma cache_size = -${READ_CACHE_BYTES / 1_024}`);
    await using thread = sqlThread(index.path, READ_CACHE_BYTES);
    using plain = new DatabaseSync(join(folder, 'plain.db'));
    started = performance.now();
    plain.exec(`pragma journal_mode = wal; pragma synchronous = normal;
      create table records (key integer primary key, record text);
      create virtual table search using fts5 (name, labels, files, description, prefix = '2 3'); begin`);
    const insertRecord = plain.prepare('insert into records values (?, ?)');
    const insertText = plain.prepare(
      'insert into search (rowid, name, labels, files, description) values (?, ?, ?, ?, ?)',
    );
    let key = 0;
    for (const record of madeRecords(models)) {
      insertRecord.run(++key, JSON.stringify(record));
      const labels = [record.type, record.family, record.baseModel, ...record.tags, ...record.triggerWords].join(' ');
      insertText.run(key, record.officialName, labels, record.files[0]?.name ?? '', record.description ?? '');
    }
    plain.exec('commit');
    const size = (await stat(index.path)).size;
    console.log(
      `-- index/search: ${models} models, ${(size / 1e6).toFixed(0)} MB, ${(size / models).toFixed(0)} bytes each`,
    );
    console.log(
      `rebuild ${seconds.toFixed(1)} s; one plain FTS5 table ${((performance.now() - started) / 1e3).toFixed(1)} s`,
    );
    console.log(
      `${'milliseconds'.padEnd(44)}   median      p99    exact      p99  by hand      p99    ratio   thread      p99    ratio    plain`,
    );
    for (const search of onlySelective ? selective : [...selective, ...broad]) {
      const [query, filters] = search;
      const { sql, params } = searchSql({
        query: parseQuery(query),
        filters: readFilters(filters),
        order: byRelevance,
        limit: 20,
        after: null,
      });
      const statement = byHand.prepare(sql);
      const ranked = plain.prepare(`select record from (select rowid as key from search where search match ?
        order by bm25(search, 10, 3, 2, 1), rowid limit 20) join records using (key)`);
      const match = query.split(' ').map((word) => `"${word}"*`);
      let approximate = false;
      const calls = [
        async () => ({ approximate } = await index.search(query, filters)),
        () => index.search(query, { ...filters, near: false }),
        () => {
          for (const row of statement.all(params as Record<string, SQLInputValue>)) JSON.parse(String(row['record']));
        },
        async () => {
          for (const row of await thread.all(sql, params)) JSON.parse(String(row['record']));
        },
        () => {
          for (const row of ranked.all(match.join(' '))) JSON.parse(String(row['record']));
        },
      ];
      const times = await timeEach(calls, selective.includes(search) ? 5 * rounds : rounds, calls.length - 1);
      const [ours = [], exact = [], theirs = [], threads = [], simple = []] = times;
      const figures = show(
        median(ours),
        p99(ours),
        median(exact),
        p99(exact),
        median(theirs),
        p99(theirs),
        p99(exact) / p99(theirs),
        median(threads),
        p99(threads),
        p99(exact) / p99(threads),
        median(simple),
      );
      console.log(
        `${`search ${query} ${Object.keys(filters).join()}`.padEnd(44)}${figures}${approximate ? '  approximate' : ''}`,
      );
    }
    const others: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['search zebrafinhc (a typing error)', () => index.search('zebrafinhc')],
      ['facets of all', () => index.facets('')],
      ['facets of type lora', () => index.facets('', { type: 'lora' })],
      ['facets of flux', () => index.facets('flux')],
      ['facets of w, type lora', () => index.facets('w', { type: 'lora' })],
      ['list of 100', () => index.list()],
      ['list of 100 loras by size', () => index.list({ type: 'lora', sort: 'size' })],
      [
        'list of family llama, Q8_0, SD 1.5',
        () => index.list({ family: 'llama', quantisation: 'Q8_0', baseModel: 'SD 1.5' }),
      ],
    ];
    for (const [name, call] of onlySelective ? [] : others) {
      const [times = []] = await timeEach([call]);
      console.log(`${name.padEnd(44)}${show(median(times), p99(times))}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
