import type { DriverConnection } from '../driver/sqlite-driver.ts';

/** SQLite 3.7.0 to 3.51.2 can corrupt a WAL database when two connections write or checkpoint together. */
const FIRST_WAL_SAFE = [3, 51, 3] as const;

/** @internal Whether this version of SQLite may be trusted with a write-ahead log. */
export function isWalSafe(version: string): boolean {
  const found = version.split('.').map(Number);
  for (const [place, wanted] of FIRST_WAL_SAFE.entries()) {
    const part = found[place] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

/** @internal The version of the SQLite behind a connection. */
export function sqliteVersion(database: DriverConnection): string {
  return String(database.prepare('select sqlite_version() as version').get([])?.['version']);
}

/** @internal The journal mode of the file as it is now. */
export function readJournalMode(database: DriverConnection): string {
  return String(database.prepare('pragma journal_mode').get([])?.['journal_mode']);
}

/**
 * @internal The change that the file needs: WAL for a new file where WAL is safe, away from WAL where it is not. A file
 * that has a rollback journal keeps it: a program with an older SQLite may have it open too.
 */
export function wantedJournalMode(database: DriverConnection, journal: 'auto' | 'rollback'): 'wal' | 'delete' | null {
  const walAllowed = journal === 'auto' && isWalSafe(sqliteVersion(database));
  if (readJournalMode(database) === 'wal') return walAllowed ? null : 'delete';
  const isNew = database.prepare('pragma page_count').get([])?.['page_count'] === 0;
  return walAllowed && isNew ? 'wal' : null;
}

/** @internal Sets the mode; throws SQLite's busy error while another connection is in the way. */
export function setJournalMode(database: DriverConnection, mode: 'wal' | 'delete'): void {
  database.exec(`pragma journal_mode = ${mode}`);
}
