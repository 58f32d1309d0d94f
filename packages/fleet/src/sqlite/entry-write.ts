import type { SqlParams, SqlResult, SqlRow, SqlStatement } from '@modelkeep/sqlite';
import type { StateTopic } from '../ports/state-changes.ts';
import { conflict, notFound } from '../rules/conflict.ts';
import { noteChange } from './change-statements.ts';
import type { WriteUnit } from './write-queue.ts';

/** @internal */
export interface EntryWrite<T> {
  readonly topic: StateTopic;
  /** The table's primary key is in this column. */
  readonly table: string;
  readonly column: 'key' | 'id';
  readonly key: string;
  /** Writes at most one row, and none where `:ifVersion` is not null and not the version that is there. */
  readonly sql: string;
  readonly params: Readonly<Record<string, string | number | null>>;
  readonly ifVersion: number | undefined;
  readonly toEntry: (row: SqlRow) => T;
}

/** @internal The condition of a compare-and-swap, in SQL. */
export function versionMatches(table: string, column: 'key' | 'id'): string {
  return `(:ifVersion is null or :ifVersion = coalesce((select version from ${table} where ${column} = :${column}), 0))`;
}

/**
 * @internal Writes an entry, notes the change if there was one, and reads what is there then. An entry that has the wanted
 * version and was not written is one that says so already.
 */
export function writeEntry<T>(write: EntryWrite<T>): WriteUnit<T> {
  const { topic, table, column, key, sql, ifVersion, toEntry } = write;
  const params: SqlParams = { ...write.params, [column]: key, ifVersion: ifVersion ?? null };
  const read: SqlStatement = { sql: `select * from ${table} where ${column} = :${column}`, params: { [column]: key } };
  return {
    statements: [{ sql, params }, noteChange(topic, key), read],
    read([written, , found]) {
      const [row] = found?.rows ?? [];
      const foundVersion = Number(row?.['version'] ?? 0);
      if (changed(written) || ifVersion === undefined || ifVersion === foundVersion) {
        if (row === undefined) throw notFound(topic, key);
        return toEntry(row);
      }
      throw conflict(topic, key, { expectedVersion: ifVersion, foundVersion });
    },
  };
}

/** @internal Deletes an entry. @returns whether it was there */
export function deleteEntry({
  topic,
  table,
  key,
  ifVersion,
}: Pick<EntryWrite<unknown>, 'topic' | 'table' | 'key' | 'ifVersion'>): WriteUnit<boolean> {
  const sql = `delete from ${table} where key = :key and (:ifVersion is null or :ifVersion = version)`;
  return {
    statements: [
      { sql, params: { key, ifVersion: ifVersion ?? null } },
      noteChange(topic, key),
      { sql: `select version from ${table} where key = :key`, params: { key } },
    ],
    read([deleted, , left]) {
      const foundVersion = Number(left?.rows[0]?.['version'] ?? 0);
      const isOther = ifVersion !== undefined && !changed(deleted) && ifVersion !== foundVersion;
      if (isOther) throw conflict(topic, key, { expectedVersion: ifVersion, foundVersion });
      return changed(deleted);
    },
  };
}

function changed(result: SqlResult | undefined): boolean {
  return (result?.changes ?? 0) > 0;
}
