import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import type { SqliteDriver } from '../driver/sqlite-driver.ts';
import { diskFull, hasNoRoom } from './disk-full.ts';
import { primaryCode, resultCodeName, resultCodes } from './result-codes.ts';
import { whyNotOpened } from './why-not-opened.ts';

/** @internal Whether another connection is in the way for now. */
export function isBusy(driver: SqliteDriver, error: unknown): boolean {
  const code = driver.resultCode(error);
  return code !== null && primaryCode(code) === resultCodes.busy;
}

/** @internal Where an error came from. */
export interface FailedDatabase {
  readonly driver: SqliteDriver;
  readonly path: string;
  /** @default false */
  readonly readOnly?: boolean | undefined;
}

/** @internal A driver's error as one of ours, with the path of the database. Our own errors pass as they are. */
export function translateSqliteError(error: unknown, { driver, path, readOnly = false }: FailedDatabase): Error {
  if (isModelkeepError(error)) return error;
  const code = driver.resultCode(error);
  const message = `${path}: ${error instanceof Error ? error.message : String(error)}`;
  if (code === null) {
    return new ModelkeepError('sqlite.failed', { message, facts: { path, sqliteCode: 'DRIVER' }, cause: error });
  }
  if (code === resultCodes.readOnlyMoved) return moved(message, { path, cause: error });
  switch (primaryCode(code)) {
    case resultCodes.full:
      return diskFull(path, { message, cause: error });
    case resultCodes.readOnly:
      return new ModelkeepError('io.read-only', {
        message,
        facts: { path },
        hint: 'the file or its drive is read-only: open it with readOnly, or choose another place',
        cause: error,
      });
    case resultCodes.corrupt:
    case resultCodes.notADatabase:
      return new ModelkeepError('sqlite.corrupt', {
        message,
        facts: { path },
        hint: 'set the file aside (setAside) and make its content anew, or bring a backup back',
        cause: error,
      });
    case resultCodes.busy:
      return new ModelkeepError('sqlite.locked', {
        message,
        facts: { path, waitedMs: 0 },
        hint: 'try again when the other work has ended',
        cause: error,
      });
    case resultCodes.permission:
    case resultCodes.cannotOpen:
      return whyNotOpened(path, { readOnly, cause: error });
    default:
      if (primaryCode(code) === resultCodes.ioError && hasNoRoom(path))
        return diskFull(path, { message, cause: error });
      return new ModelkeepError('sqlite.failed', {
        message,
        facts: { path, sqliteCode: resultCodeName(code) },
        cause: error,
      });
  }
}

function moved(message: string, { path, cause }: { path: string; cause: unknown }): ModelkeepError {
  return new ModelkeepError('sqlite.failed', {
    message,
    facts: { path, sqliteCode: 'SQLITE_READONLY_DBMOVED' },
    hint: 'the file was moved or deleted while it was open: close it and open it again',
    cause,
  });
}
