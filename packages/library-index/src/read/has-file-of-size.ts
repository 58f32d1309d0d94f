import type { SqliteCallOptions, SqliteDatabase } from '@modelkeep/sqlite';

/** @internal */
export async function hasFileOfSize(
  database: SqliteDatabase,
  sizeBytes: number,
  options: SqliteCallOptions = {},
): Promise<boolean> {
  const sql = 'select 1 from model_files where size_bytes = ? limit 1';
  return (await database.get(sql, [sizeBytes], options)) !== undefined;
}
