import type { SqlRow } from '@modelkeep/sqlite';
import { progressStatuses, type ProgressEntry, type ProgressTable } from '../ports/progress.ts';
import { checkProgress, percentageOf, readStoredError } from '../rules/check-progress.ts';
import { checkName } from '../rules/check-text.ts';
import { NEXT_VERSION } from './change-statements.ts';
import { deleteEntry, versionMatches, writeEntry } from './entry-write.ts';
import { amongst, listOf } from './sql-list.ts';
import type { TableContext } from './table-context.ts';

const TABLE = { topic: 'progress', table: 'fleet_progress', column: 'key' } as const;
/** Columns that can be taken away have a flag beside them that tells whether they change at all. */
const WRITE = `insert into fleet_progress
  (key, status, percentage, bytes_done, bytes_total, error, started_at, version, updated_at)
  select :key, coalesce(:status, 'pending'), :percentage, coalesce(:bytesDone, 0), coalesce(:bytesTotal, 0), :error,
  coalesce(:startedAt, :now), ${NEXT_VERSION}, :now where ${versionMatches(TABLE.table, 'key')}
  on conflict (key) do update set status = coalesce(:status, status),
  percentage = iif(:setsPercentage, :percentage, percentage), bytes_done = coalesce(:bytesDone, bytes_done),
  bytes_total = coalesce(:bytesTotal, bytes_total), error = iif(:setsError, :error, error),
  started_at = coalesce(:startedAt, started_at), version = excluded.version, updated_at = excluded.updated_at`;

/** @internal */
export function sqliteProgress({ file, libraryId, now }: TableContext): ProgressTable {
  const toEntry = (row: SqlRow): ProgressEntry => {
    const status = progressStatuses.find((one) => one === row['status']) ?? 'pending';
    const bytesDone = Number(row['bytes_done']);
    const bytesTotal = Number(row['bytes_total']);
    const percentage = row['percentage'] === null ? null : Number(row['percentage']);
    return {
      key: String(row['key']),
      libraryId,
      status,
      percentage: percentageOf({ status, percentage, bytesDone, bytesTotal }),
      bytesDone,
      bytesTotal,
      error: readStoredError(row['error']),
      startedAt: String(row['started_at']),
      version: Number(row['version']),
      updatedAt: String(row['updated_at']),
    };
  };
  return {
    async update(key, change, call) {
      const { status, percentage, bytesDone, bytesTotal, error, startedAt } = checkProgress(change);
      const params = {
        status: status ?? null,
        percentage: percentage ?? null,
        setsPercentage: percentage === undefined ? 0 : 1,
        bytesDone: bytesDone ?? null,
        bytesTotal: bytesTotal ?? null,
        error: error ?? null,
        setsError: error === undefined ? 0 : 1,
        startedAt: startedAt ?? null,
        now: now(),
      };
      const { ifVersion } = call ?? {};
      return file.write(
        writeEntry({ ...TABLE, key: checkName(key, 'key'), sql: WRITE, params, ifVersion, toEntry }),
        call,
      );
    },
    async get(key, call) {
      const row = await file.get<SqlRow>('select * from fleet_progress where key = :key', { key }, call);
      return row === undefined ? null : toEntry(row);
    },
    async list({ keys, ...call } = {}) {
      const sql = `select * from fleet_progress where ${amongst('key', 'keys')} order by key`;
      return (await file.all<SqlRow>(sql, { keys: listOf(keys) }, call)).map((row) => toEntry(row));
    },
    delete: (key, call) => file.write(deleteEntry({ ...TABLE, key, ifVersion: call?.ifVersion }), call),
  };
}
