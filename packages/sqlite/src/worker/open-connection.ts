import type { SqliteDriver } from '../driver/sqlite-driver.ts';
import type { Migration } from '../migrations.ts';
import { createConnection, type Connection } from './connection.ts';
import { readJournalMode, setJournalMode, wantedJournalMode } from './journal-mode.ts';
import { checkVersions, migrate } from './migrate.ts';
import { openForReading } from './open-for-reading.ts';
import { retryWhileBusy, type BusyWait } from './retry-while-busy.ts';

/** @internal What the worker is told to open. */
export interface OpenInput {
  readonly path: string;
  readonly driver: string;
  /** `read-only` touches nothing; `reader` stands beside a `writer` of the same process. */
  readonly role: 'writer' | 'reader' | 'read-only';
  readonly journal: 'auto' | 'rollback';
  readonly synchronous: 'normal' | 'full';
  readonly readCacheBytes: number | null;
  readonly busyTimeoutMs: number;
  readonly migrations: readonly Migration[];
  /** Where the file is copied to before schemas that are there are changed. */
  readonly backUpTo: string | null;
}

/** @internal What came of it. */
export interface Opened {
  readonly connection: Connection;
  /** The journal mode that the file has. */
  readonly journal: string;
  /** Changes that were never moved from the journal into the file cannot be seen. */
  readonly possiblyStale: boolean;
}

const LONGEST_JOURNAL_BYTES = 64 * 1024 * 1024;

/** @internal Opens a connection and makes it ready: pragmas, journal mode, migrations. */
export async function openConnection(input: OpenInput, driver: SqliteDriver, signal: AbortSignal): Promise<Opened> {
  const { path, busyTimeoutMs, role } = input;
  const wait: BusyWait = { driver, path, timeoutMs: busyTimeoutMs, signal };
  const { database, possiblyStale } =
    role === 'read-only'
      ? await openForReading(wait)
      : { database: driver.open(path, { readOnly: false, immutable: false }), possiblyStale: false };
  const connection = createConnection({ path, driver, database, busyTimeoutMs });
  try {
    // Pragmas may read the file: another process can be in their way too.
    await retryWhileBusy(() => database.exec(pragmasFor(input)), wait);
    if (role === 'read-only') await checkVersions(connection, input.migrations, wait);
    if (role === 'writer') await prepareForWriting(connection, input, wait);
    const journal = await retryWhileBusy(() => readJournalMode(database), wait);
    return { connection, journal, possiblyStale };
  } catch (error) {
    connection.close();
    throw error;
  }
}

function pragmasFor({ role, synchronous, readCacheBytes }: OpenInput): string {
  // A schema that came with the file may hold triggers and views: they get no function with a side effect.
  const always = 'pragma trusted_schema = off;';
  const cache = readCacheBytes === null ? '' : `pragma cache_size = -${Math.ceil(readCacheBytes / 1_024)};`;
  if (role === 'read-only') return `${always} ${cache}`;
  if (role === 'reader') return `${always} ${cache} pragma query_only = on;`;
  return `${always} pragma foreign_keys = on; pragma synchronous = ${synchronous === 'full' ? 'full' : 'normal'};
    pragma journal_size_limit = ${LONGEST_JOURNAL_BYTES};`;
}

async function prepareForWriting(connection: Connection, input: OpenInput, wait: BusyWait): Promise<void> {
  const { database } = connection;
  const mode = await retryWhileBusy(() => wantedJournalMode(database, input.journal), wait);
  if (mode !== null) await retryWhileBusy(() => setJournalMode(database, mode), wait);
  await migrate(connection, input, wait);
}
