import type { SqliteDatabase } from '@modelkeep/sqlite';
import { countFacets } from './facet-statements.ts';
import { logRemoved, pruneChanges, removeStatements } from './merge.ts';
import type { WriteOptions } from './upsert.ts';

const TABLE = 'removed';

/** @internal Removes the models of these ids; ids that are not there do not matter. */
export async function removeModels(
  database: SqliteDatabase,
  ids: readonly string[],
  options: WriteOptions & { readonly at: () => string },
): Promise<number> {
  if (ids.length === 0) return 0;
  const statements = [
    { sql: `create temp table if not exists ${TABLE} (key integer primary key, id text)` },
    { sql: `delete from temp.${TABLE}` },
    {
      sql: `insert into temp.${TABLE} select key, id from models where id in (select value from json_each(?))`,
      params: [JSON.stringify(ids)],
    },
    logRemoved(TABLE, options.at()),
    countFacets(`select key from temp.${TABLE}`, undefined, -1),
    ...removeStatements(TABLE),
    pruneChanges(),
  ];
  const results = await database.transaction(statements, { signal: options.signal });
  return results[2]?.changes ?? 0;
}
