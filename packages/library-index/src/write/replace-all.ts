import type { ModelRecord } from '@modelkeep/core';
import type { SqliteDatabase, SqlStatement } from '@modelkeep/sqlite';
import { lastChange } from '../read/changes-since.ts';
import {
  lastId,
  logRemoved,
  logWritten,
  mergeStatements,
  pruneChanges,
  removeStatements,
  type MergeRange,
} from './merge.ts';
import { recordBatches } from './record-batches.ts';
import { createStagingTable, stageRows } from './staged-row.ts';
import type { WriteOptions } from './upsert.ts';

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
  await database.transaction(createStagingTable(TABLE), { signal, temporary: true });
  try {
    let recordsRead = 0;
    for await (const batch of recordBatches(records, signal)) {
      await database.transaction([stageRows(TABLE, batch)], { signal, temporary: true });
      recordsRead += batch.length;
      options.onProgress?.(recordsRead);
    }
    const ranges = await readRanges(database, signal);
    const statements = replaceStatements(ranges, { since, at: options.at() });
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

async function dropStaged(database: SqliteDatabase): Promise<void> {
  try {
    await database.transaction([{ sql: `drop table if exists temp.${TABLE}` }], { temporary: true });
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

function replaceStatements(ranges: readonly MergeRange[], options: { since: number; at: string }): SqlStatement[] {
  const { since, at } = options;
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
    ...removeStatements(DOOMED),
    ...ranges.flatMap(mergeStatements),
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

/** Emptying whole tables is quick, and numbers the models anew in the order of their ids. Only when nothing has to stay. */
function clear(params: readonly number[]): SqlStatement[] {
  const nothingStays = 'not exists (select 1 from models where changed > ?)';
  return [
    { sql: `insert into search (search) select 'delete-all' where ${nothingStays}`, params },
    { sql: `insert into texts (texts) select 'delete-all' where ${nothingStays}`, params },
    { sql: `delete from model_files where ${nothingStays}`, params },
    { sql: `delete from records where ${nothingStays}`, params },
    { sql: `delete from models where ${nothingStays}`, params },
  ];
}
