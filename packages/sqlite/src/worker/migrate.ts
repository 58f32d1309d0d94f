import { ModelkeepError } from '@modelkeep/core';
import type { Migration } from '../migrations.ts';
import { backUp } from './back-up.ts';
import type { Connection } from './connection.ts';
import { retryWhileBusy, type BusyWait } from './retry-while-busy.ts';

const CREATE_TABLE = `create table if not exists modelkeep_migrations (
  namespace text primary key, version integer not null
) without rowid`;

/**
 * @internal Brings every namespace up to date, each in one immediate transaction. Any number of processes may do this at
 * once: the version is read again under the lock.
 *
 * @throws `sqlite.schema-newer` before anything is changed
 */
export async function migrate(
  connection: Connection,
  { migrations, backUpTo }: { readonly migrations: readonly Migration[]; readonly backUpTo: string | null },
  wait: BusyWait,
): Promise<void> {
  const outdated = await retryWhileBusy(
    () => migrations.filter((migration) => isOutdated(connection, migration)),
    wait,
  );
  const isChange = outdated.some((migration) => readVersion(connection, migration) > 0);
  if (backUpTo !== null && isChange) await backUp(connection, backUpTo, wait.signal);
  for (const migration of outdated) await migrateOne(connection, migration, wait);
}

/**
 * @internal For a read-only database: every namespace has to be there in this version.
 *
 * @throws `sqlite.schema-newer`, `sqlite.schema-older`
 */
export async function checkVersions(
  connection: Connection,
  migrations: readonly Migration[],
  wait: BusyWait,
): Promise<void> {
  await retryWhileBusy(() => {
    for (const migration of migrations) {
      if (isOutdated(connection, migration)) throw schemaOlder(connection, migration);
    }
  }, wait);
}

async function migrateOne(connection: Connection, migration: Migration, wait: BusyWait): Promise<void> {
  const { database } = connection;
  await retryWhileBusy(() => database.exec('begin immediate'), wait);
  try {
    database.exec(CREATE_TABLE);
    if (isOutdated(connection, migration)) {
      for (const step of migration.steps.slice(readVersion(connection, migration))) database.exec(step);
      database
        .prepare('insert or replace into modelkeep_migrations (namespace, version) values (?, ?)')
        .run([migration.namespace, BigInt(migration.steps.length)]);
    }
    await retryWhileBusy(() => database.exec('commit'), wait);
  } finally {
    if (database.inTransaction) database.exec('rollback');
  }
}

function isOutdated(connection: Connection, migration: Migration): boolean {
  const found = readVersion(connection, migration);
  const supported = migration.steps.length;
  if (found <= supported) return found < supported;
  const { namespace } = migration;
  throw new ModelkeepError('sqlite.schema-newer', {
    message: `${connection.path}: "${namespace}" has version ${found}, this modelkeep knows ${supported}`,
    facts: { path: connection.path, namespace, found, supported },
    hint: 'update modelkeep',
  });
}

function readVersion({ database }: Connection, { namespace }: Migration): number {
  const table = database
    .prepare("select 1 from sqlite_schema where type = 'table' and name = 'modelkeep_migrations'")
    .get([]);
  if (table === undefined) return 0;
  const row = database.prepare('select version from modelkeep_migrations where namespace = ?').get([namespace]);
  return Number(row?.['version'] ?? 0);
}

function schemaOlder(connection: Connection, migration: Migration): ModelkeepError {
  const { namespace } = migration;
  const found = readVersion(connection, migration);
  const supported = migration.steps.length;
  return new ModelkeepError('sqlite.schema-older', {
    message: `${connection.path}: "${namespace}" has version ${found}, version ${supported} is needed`,
    facts: { path: connection.path, namespace, found, supported },
    hint: 'open the database once for writing with this version of modelkeep',
  });
}
