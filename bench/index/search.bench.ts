/**
 * Rebuild and search of the index against the same done by hand with one FTS5 table and bm25, on the calling thread.
 * MODELKEEP_BENCH_MODELS sets the size (default 100,000), MODELKEEP_BENCH_ROUNDS the searches of each query (default 41),
 * MODELKEEP_BENCH_DIR the drive.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { openLibraryIndex } from '../../packages/library-index/src/index.ts';
import { createRandom, makeRecord, randomRecord } from '../../packages/library-index/src/records.test-records.ts';
import { median } from '../alternate.ts';

const models = Number(process.env['MODELKEEP_BENCH_MODELS'] ?? 100_000);
const rounds = Number(process.env['MODELKEEP_BENCH_ROUNDS'] ?? 41);
const folder = await mkdtemp(join(process.env['MODELKEEP_BENCH_DIR'] ?? tmpdir(), 'modelkeep-bench-'));

const queries = [
  ['one rare name', 'zebrafinch'],
  ['two words', 'zebrafinch portrait'],
  ['a rare and a common word', 'zebrafinch lora'],
  ['nothing', 'qqqqq'],
  ['flu', 'flu'],
  ['w', 'w'],
  ['two common words', 'sdxl lora'],
] as const;

function* records(): Generator<ReturnType<typeof makeRecord>> {
  const random = createRandom(1);
  for (let number = 1; number < models; number += 1) yield randomRecord(number, random);
  yield makeRecord(models, { officialName: 'Zebrafinch portrait v2', type: 'lora' });
}

const seconds = (sinceMs: number): number => (performance.now() - sinceMs) / 1_000;
const show = (value: number): string => value.toFixed(2).padStart(8);
const p99 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? Number.NaN;

try {
  const byHand = new DatabaseSync(join(folder, 'by-hand.db'));
  byHand.exec(`pragma journal_mode = wal; pragma synchronous = normal;
    create table records (key integer primary key, id text unique, type text, record text);
    create table files (key integer, sha256 text); create index files_by_sha256 on files (sha256);
    create virtual table search using fts5 (name, labels, files, description, prefix = '2 3');`);
  const insertRecord = byHand.prepare('insert into records values (?, ?, ?, ?)');
  const insertFile = byHand.prepare('insert into files values (?, ?)');
  const insertText = byHand.prepare(
    'insert into search (rowid, name, labels, files, description) values (?, ?, ?, ?, ?)',
  );
  let started = performance.now();
  let key = 0;
  byHand.exec('begin');
  for (const record of records()) {
    key += 1;
    insertRecord.run(key, record.id, record.type, JSON.stringify(record));
    for (const file of record.files) insertFile.run(key, file.sha256);
    const labels = [record.type, record.family, record.baseModel, ...record.tags, ...record.triggerWords].join(' ');
    const files = record.files.map(({ name }) => name).join(' ');
    insertText.run(key, record.officialName, labels, files, record.description ?? '');
  }
  byHand.exec('commit');
  const byHandSeconds = seconds(started);

  await using index = await openLibraryIndex({ path: join(folder, 'models.db') });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  started = performance.now();
  await index.replaceAll(records());
  const rebuildSeconds = seconds(started);
  delay.disable();
  const { size } = await stat(index.path);
  console.log(`${models} models, ${(size / 1e6).toFixed(0)} MB`);
  console.log(
    `rebuild ${rebuildSeconds.toFixed(1)} s, by hand ${byHandSeconds.toFixed(1)} s, ratio ${(rebuildSeconds / byHandSeconds).toFixed(2)}`,
  );
  console.log(
    `loop delay during the rebuild: p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, most ${(delay.max / 1e6).toFixed(1)} ms`,
  );

  const search = byHand.prepare(`select record from (select rowid as key from search where search match ?
    order by bm25(search, 10, 3, 2, 1), rowid limit 20) join records using (key)`);
  console.log(`${'milliseconds'.padEnd(26)}    ours      p99  by hand      p99    ratio`);
  for (const [name, query] of queries) {
    const ours: number[] = [];
    const theirs: number[] = [];
    const match = query
      .split(' ')
      .map((word) => `"${word}"*`)
      .join(' ');
    let approximate = false;
    for (let round = -3; round < rounds; round += 1) {
      let since = performance.now();
      ({ approximate } = await index.search(query));
      if (round >= 0) ours.push(performance.now() - since);
      since = performance.now();
      for (const row of search.all(match)) JSON.parse(String(row['record']));
      if (round >= 0) theirs.push(performance.now() - since);
    }
    const figures = [median(ours), p99(ours), median(theirs), p99(theirs), median(ours) / median(theirs)];
    console.log(`${name.padEnd(26)}${figures.map(show).join(' ')}${approximate ? '  approximate' : ''}`);
  }
  byHand.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}
