import type { ModelRecord } from '@modelkeep/core';
import type { SqliteDatabase } from '@modelkeep/sqlite';
import { countFacets } from './facet-statements.ts';
import {
  clearRange,
  keysThere,
  lastId,
  logWritten,
  mergedKeys,
  mergeStatements,
  pruneChanges,
  settleKeys,
} from './merge.ts';
import { recordBatches } from './record-batches.ts';
import { createStagingTable, stageRows } from './staged-row.ts';
import { addWords } from './word-statements.ts';

/** What goes with a write. */
export interface WriteOptions {
  readonly signal?: AbortSignal | undefined;
}

const TABLE = 'upserted';
const everything = { table: TABLE, from: '', to: lastId };
const params = { from: everything.from, to: everything.to };

/** Whatever is not newer than the present revision is dropped before anything is touched. */
const dropOld = {
  sql: `delete from temp.${TABLE} where exists (
  select 1 from models where models.id = ${TABLE}.id and models.revision >= ${TABLE}.revision
)`,
};

/** @internal Each batch of records is one transaction. */
export async function upsertModels(
  database: SqliteDatabase,
  records: Iterable<ModelRecord> | AsyncIterable<ModelRecord>,
  options: WriteOptions & { readonly at: () => string },
): Promise<number> {
  const create = createStagingTable(TABLE);
  let written = 0;
  for await (const { rows, newWords } of recordBatches(records, options.signal)) {
    const statements = [
      ...create,
      stageRows(TABLE, rows),
      dropOld,
      logWritten(everything, { at: options.at(), onlyDifferent: false }),
      ...settleKeys(TABLE),
      countFacets(keysThere(everything), params, -1),
      ...clearRange(everything),
      ...mergeStatements(everything),
      countFacets(mergedKeys(everything), params, 1),
      ...addWords(newWords),
      pruneChanges(),
    ];
    const results = await database.transaction(statements, { signal: options.signal });
    written += results[create.length + 2]?.changes ?? 0;
  }
  return written;
}
