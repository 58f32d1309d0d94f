import type { Migration } from './migrations.ts';

/** How a database is opened. */
export interface OpenDatabaseOptions {
  /** Absolute. The file is created unless `readOnly`; its folder has to be there. */
  readonly path: string;
  /** Schemas of the packages that share the file. @default none */
  readonly migrations?: readonly Migration[] | undefined;
  /**
   * Where the file is copied to before schemas that are there already are changed; null for none.
   * @default null
   */
  readonly backUpTo?: string | null | undefined;
  /** Works on read-only drives too. @default false */
  readonly readOnly?: boolean | undefined;
  /**
   * `rollback` never uses a write-ahead log: for network file systems, where it does not work. `auto` uses one for new
   * files where SQLite is 3.51.3 or newer, and leaves a file with a rollback journal as it is. @default 'auto'
   */
  readonly journal?: 'auto' | 'rollback' | undefined;
  /** `full` survives a power loss with the last commit; `normal` may lose that (and nothing else). @default 'normal' */
  readonly synchronous?: 'normal' | 'full' | undefined;
  /** How much of the file the connection that reads keeps in memory, at most. @default 2 MiB, which SQLite takes by itself */
  readonly readCacheBytes?: number | undefined;
  /** How long a call waits for other connections, in milliseconds, before `sqlite.locked`. @default 30_000 */
  readonly busyTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
