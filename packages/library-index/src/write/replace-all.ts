import type { ModelRecord } from '@modelkeep/core';
import type { SqliteDatabase, SqlStatement } from '@modelkeep/sqlite';
import { lastChange } from '../read/changes-since.ts';
import { countFacets } from './facet-statements.ts';
import {
  clearRange,
  keysThere,
  lastId,
  logRemoved,
  logWritten,
  mergedKeys,
  mergeStatements,
  pruneChanges,
  removeStatements,
  settleKeys,
  type MergeRange,
} from './merge.ts';
import { recordBatches, type RecordBatch } from './record-batches.ts';
import { createStagingTable, stageRows } from './staged-row.ts';
import type { WriteOptions } from './upsert.ts';
import { addNearWords } from './word-statements.ts';

/** What goes with a rebuild. */
export interface ReplaceAllOptions extends WriteOptions {
  /** Takes the number of records that were read so far. */
  readonly onProgress?: ((recordsRead: number) => void) | undefined;
}

/** What a rebuild did. */
export interface ReplaceAllResult {
  /** Models that were written. */
  readonly written: number;
  /** Models that were there before and are no more. */
  readonly removed: number;
}

const TABLE = 'rebuilt';
const DOOMED = 'doomed';
const WORDS = 'rebuilt_words';
const MODELS_PER_RANGE = 300;

/**
 * @internal The records are collected in a temporary table, where nobody is in their way however slowly they come, and
 * then merged in one transaction: others see the old index, then the new one. What was written to the index meanwhile is
 * newer than what was read, and stays.
 */
export async function replaceAllModels(
  database: SqliteDatabase,
  records: Iterable<ModelRecord> | AsyncIterable<ModelRecord>,
  options: ReplaceAllOptions & { readonly at: () => string },
): Promise<ReplaceAllResult> {
  const { signal } = options;
  const since = await lastChange(database, signal);
  await database.transaction([...createStagingTable(TABLE), ...createWordsTable()], { signal, temporary: true });
  try {
    const words = await stageAll(database, records, options);
    const ranges = await readRanges(database, signal);
    const statements = replaceStatements(ranges, { since, at: options.at(), words });
    const results = await database.transaction(statements, { signal });
    const changesOf = (wanted: SqlStatement | undefined): number =>
      results.reduce((sum, { changes }, place) => (statements[place]?.sql === wanted?.sql ? sum + changes : sum), 0);
    return {
      written: changesOf(mergeStatements(everything).find(isModelInsert)),
      removed: changesOf(findDoomed(since)),
    };
  } finally {
    await dropStaged(database);
  }
}

/** While the worker writes one batch, the next one is prepared. @returns the number of words */
async function stageAll(
  database: SqliteDatabase,
  records: Iterable<ModelRecord> | AsyncIterable<ModelRecord>,
  { signal, onProgress }: ReplaceAllOptions,
): Promise<number> {
  let recordsRead = 0;
  let words = 0;
  let writing: Promise<unknown> = Promise.resolve();
  try {
    for await (const batch of recordBatches(records, signal)) {
      await writing;
      if (recordsRead > 0) onProgress?.(recordsRead);
      writing = database.transaction(stageBatch(batch), { signal, temporary: true });
      // Whoever awaits it next gets the error; until then it is nobody's.
      writing.catch(() => {});
      recordsRead += batch.rows.length;
      words += batch.newWords.length;
    }
  } finally {
    await writing.catch(() => {});
  }
  await writing;
  onProgress?.(recordsRead);
  return words;
}

function stageBatch({ rows, newWords }: RecordBatch): SqlStatement[] {
  const insert = `insert into temp.${WORDS} (word) select value from json_each(?)`;
  return [stageRows(TABLE, rows), { sql: insert, params: [JSON.stringify(newWords)] }];
}

function createWordsTable(): SqlStatement[] {
  return [{ sql: `create temp table if not exists ${WORDS} (word text)` }, { sql: `delete from temp.${WORDS}` }];
}

async function dropStaged(database: SqliteDatabase): Promise<void> {
  try {
    const drops = [TABLE, WORDS].map((table) => ({ sql: `drop table if exists temp.${table}` }));
    await database.transaction(drops, { temporary: true });
  } catch {
    // The database is closed or its worker died: the temporary table ended with the connection.
  }
}

const everything: MergeRange = { table: TABLE, from: '', to: lastId };

function isModelInsert({ sql }: SqlStatement): boolean {
  return sql.startsWith('insert into models');
}

/** Merging range by range keeps every statement short: the worker serves its other databases in between. */
async function readRanges(database: SqliteDatabase, signal: AbortSignal | undefined): Promise<MergeRange[]> {
  const sql = `select id from (select id, row_number() over (order by id) as place from temp.${TABLE}) where place % ${MODELS_PER_RANGE} = 0`;
  const [result] = await database.transaction([{ sql }], { signal, temporary: true });
  const ends = [...(result?.rows ?? []).map((row) => String(row['id'])), lastId];
  return ends.map((to, place) => ({ table: TABLE, from: ends[place - 1] ?? '', to }));
}

function findDoomed(since: number): SqlStatement {
  return {
    sql: `insert into temp.${DOOMED} select key, id from models where changed <= ? and id not in (select id from temp.${TABLE})`,
    params: [since],
  };
}

function replaceStatements(
  ranges: readonly MergeRange[],
  { since, at, words }: { since: number; at: string; words: number },
): SqlStatement[] {
  const params = [since];
  return [
    { sql: `create temp table if not exists ${DOOMED} (key integer primary key, id text)` },
    { sql: `delete from temp.${DOOMED}` },
    findDoomed(since),
    logRemoved(DOOMED, at),
    ...dropWhatIsOld(params),
    ...ranges.map((range) => logWritten(range, { at, onlyDifferent: true })),
    ...clear(params),
    { sql: `delete from temp.${DOOMED} where key not in (select key from models)` },
    countFacets(`select key from temp.${DOOMED}`, undefined, -1),
    ...removeStatements(DOOMED),
    ...settleKeys(TABLE),
    ...ranges.flatMap(mergeRange),
    { sql: `insert into words (word) select word from temp.${WORDS} where true on conflict (word) do nothing` },
    ...addNearWords(words),
    pruneChanges(),
    { sql: "insert or replace into facts values ('rebuilt', ?)", params: [at] },
  ];
}

/** What was removed meanwhile does not come back; what was written meanwhile stays, unless its metadata is newer still. */
function dropWhatIsOld(params: readonly number[]): SqlStatement[] {
  return [
    {
      sql: `delete from temp.${TABLE} where id not in (select id from models)
and id in (select model_id from changes where seq > ? and kind = 'removed')`,
      params,
    },
    {
      sql: `delete from temp.${TABLE} where exists (
  select 1 from models where models.id = ${TABLE}.id and models.changed > ? and models.revision >= ${TABLE}.revision
)`,
      params,
    },
  ];
}

function mergeRange(range: MergeRange): SqlStatement[] {
  const params = { from: range.from, to: range.to };
  return [
    countFacets(keysThere(range), params, -1),
    ...clearRange(range),
    ...mergeStatements(range),
    countFacets(mergedKeys(range), params, 1),
  ];
}

/** Emptying whole tables is quick. Only when nothing has to stay. */
function clear(params: readonly number[]): SqlStatement[] {
  const nothingStays = 'not exists (select 1 from models where changed > ?)';
  const fullText = ['search', 'name_search', 'texts', 'word_parts'].map((name) => ({
    sql: `insert into ${name} (${name}) select 'delete-all' where ${nothingStays}`,
    params,
  }));
  // The models last: they tell whether something stays.
  const tables = [
    'words',
    'near_words',
    'facet_counts',
    'model_files',
    'model_labels',
    'model_texts',
    'records',
    'models',
  ];
  return [
    ...fullText,
    { sql: `update facts set value = 0 where name = 'near-words-until' and ${nothingStays}`, params },
    ...tables.map((name) => ({ sql: `delete from ${name} where ${nothingStays}`, params })),
  ];
}
