import { setImmediate } from 'node:timers/promises';
import type { SqlResult, SqlRow, SqlStatement } from '../sql-values.ts';
import { toDriverParams } from '../driver/bindable-value.ts';
import type { Connection } from './connection.ts';
import { retryWhileBusy, type BusyWait } from './retry-while-busy.ts';

/** How long the statements of one transaction may keep the thread from its other databases. */
const SLICE_MS = 15;

/** @internal */
export interface TransactionOptions {
  /** Only temporary tables are written: no lock on the file is taken. */
  readonly temporary: boolean;
  readonly signal: AbortSignal;
  readonly throwIfCancelled: () => void;
}

/**
 * @internal Runs the statements in one transaction, all or nothing. It starts with the write lock (`begin immediate`): a
 * transaction that reads first and then wants to write fails at once when another one wrote in between.
 */
export function runTransaction(
  connection: Connection,
  statements: readonly SqlStatement[],
  options: TransactionOptions,
): Promise<SqlResult[]> {
  return connection.inTurn(async () => {
    const { database, driver, path, busyTimeoutMs, givingWay } = connection;
    const wait: BusyWait = { driver, path, timeoutMs: busyTimeoutMs, signal: options.signal };
    if (options.temporary) database.exec('begin');
    else await lock(connection, wait);
    try {
      const results: SqlResult[] = [];
      let sliceStartedMs = performance.now();
      for (const statement of statements) {
        if (performance.now() - sliceStartedMs > SLICE_MS) {
          await setImmediate();
          sliceStartedMs = performance.now();
        }
        options.throwIfCancelled();
        // Without the write lock even the schema may be locked for a while.
        const run = (): SqlResult => runStatement(connection, statement);
        results.push(options.temporary ? await retryWhileBusy(run, wait) : run());
      }
      // Readers may hold up a commit where there is no WAL. Trying again keeps new readers out; starting over would not.
      await retryWhileBusy(() => database.exec('commit'), wait);
      return results;
    } finally {
      if (database.inTransaction) database.exec('rollback');
      if (!options.temporary) givingWay.ended();
    }
  });
}

async function lock({ database, givingWay }: Connection, wait: BusyWait): Promise<void> {
  await givingWay.beforeLock(wait.signal);
  let tries = 0;
  await retryWhileBusy(() => {
    tries += 1;
    if (tries > 1) givingWay.met();
    database.exec('begin immediate');
  }, wait);
}

function runStatement(connection: Connection, { sql, params, paramRows }: SqlStatement): SqlResult {
  const statement = connection.statement(sql);
  const rows: SqlRow[] = [];
  let changes = 0;
  for (const values of paramRows ?? [params]) {
    const bound = toDriverParams(values);
    if (!statement.returnsRows) changes += statement.run(bound).changes;
    else for (const row of statement.all(bound)) rows.push(row);
  }
  return { changes, rows };
}
