import type { SqliteCallOptions, SqliteDatabase } from '@modelkeep/sqlite';

/** How much the library holds. */
export interface IndexStats {
  readonly models: number;
  readonly files: number;
  /** The sum over the models: a file that two models share counts twice. */
  readonly bytes: number;
}

/** @internal */
export async function readStats(database: SqliteDatabase, call?: SqliteCallOptions): Promise<IndexStats> {
  const sql = `select count(*) as models, coalesce(sum(file_count), 0) as files, coalesce(sum(size_bytes), 0) as bytes from models`;
  return (await database.get<IndexStats>(sql, [], call)) ?? { models: 0, files: 0, bytes: 0 };
}
