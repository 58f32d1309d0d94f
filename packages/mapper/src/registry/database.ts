import type { SqliteDatabase } from '@modelkeep/sqlite';

/** What the mapper needs of a state database; `openSqlite` of `@modelkeep/sqlite` answers one. */
export type RegistryDatabase = Pick<SqliteDatabase, 'all' | 'transaction'>;
