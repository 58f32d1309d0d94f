import {
  checkName,
  checkProgress,
  conflict,
  percentageOf,
  progressStatuses,
  readStoredError,
  type ProgressEntry,
  type ProgressTable,
  type StoredProgressChange,
} from '@modelkeep/fleet';
import type { Selectable } from 'kysely';
import type { ProgressTableColumns } from '../schema/tables.ts';
import { keyedEntries } from './keyed-entries.ts';
import type { StateContext } from './state-context.ts';
import { stampOf } from './swap-entry.ts';

/** @internal */
export function postgresProgress(context: StateContext): ProgressTable {
  const { connection, libraryId, tell } = context;
  const entries = keyedEntries(context, 'progress', toEntry);
  return {
    ...entries,
    async update(key, change, { ifVersion, signal } = {}) {
      const checkedKey = checkName(key, 'key');
      const stored = checkProgress(change);
      const changed = { ...columnsOf(stored), ...stampOf(context) };
      // One statement: the row is locked, changed and committed at once, and no field that is not named is touched.
      const written = await connection.run(
        (db) =>
          ifVersion === undefined || ifVersion === 0
            ? db
                .insertInto('progress')
                .values({
                  library_id: libraryId,
                  key: checkedKey,
                  ...newRow(stored, context.now()),
                  ...stampOf(context),
                })
                .onConflict((on) => {
                  const there = on.columns(['library_id', 'key']);
                  return ifVersion === 0 ? there.doNothing() : there.doUpdateSet(changed);
                })
                .returningAll()
                .executeTakeFirst()
            : db
                .updateTable('progress')
                .set(changed)
                .where('library_id', '=', libraryId)
                .where('key', '=', checkedKey)
                .where('version', '=', String(ifVersion))
                .returningAll()
                .executeTakeFirst(),
        signal,
      );
      if (written === undefined) {
        const foundVersion = (await entries.get(checkedKey, { signal }))?.version ?? 0;
        throw conflict('progress', checkedKey, { expectedVersion: ifVersion ?? 0, foundVersion });
      }
      tell();
      return toEntry(written);
    },
  };
}

function columnsOf({ status, percentage, bytesDone, bytesTotal, error, startedAt }: StoredProgressChange) {
  return {
    ...(status === undefined ? {} : { status }),
    ...(percentage === undefined ? {} : { percentage }),
    ...(bytesDone === undefined ? {} : { bytes_done: bytesDone }),
    ...(bytesTotal === undefined ? {} : { bytes_total: bytesTotal }),
    ...(error === undefined ? {} : { error }),
    ...(startedAt === undefined ? {} : { started_at: startedAt }),
  };
}

function newRow(stored: StoredProgressChange, now: Date) {
  return {
    status: stored.status ?? 'pending',
    percentage: stored.percentage ?? null,
    bytes_done: stored.bytesDone ?? 0,
    bytes_total: stored.bytesTotal ?? 0,
    error: stored.error ?? null,
    started_at: stored.startedAt ?? now,
  };
}

function toEntry(row: Selectable<ProgressTableColumns>): ProgressEntry {
  const status = progressStatuses.find((one) => one === row.status) ?? 'pending';
  const bytesDone = Number(row.bytes_done);
  const bytesTotal = Number(row.bytes_total);
  return {
    key: row.key,
    libraryId: row.library_id,
    status,
    percentage: percentageOf({ status, percentage: row.percentage, bytesDone, bytesTotal }),
    bytesDone,
    bytesTotal,
    error: readStoredError(row.error),
    startedAt: new Date(row.started_at).toISOString(),
    version: Number(row.version),
    updatedAt: row.updated_at.toISOString(),
  };
}
