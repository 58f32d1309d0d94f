import type { Logger } from '@modelkeep/core';
import { openReplaceable, type Sqlite, type SqliteDatabase } from '@modelkeep/sqlite';
import type { VolumeLayout } from '../volume/layout.ts';
import { roomMigrations } from '../room/room-migrations.ts';
import { scanMigrations } from './scan-migrations.ts';

/** @internal state.db as the library uses it: opened when it is first needed. */
export interface StateDatabase {
  open(): Promise<SqliteDatabase>;
  close(): Promise<void>;
}

/** @internal */
export function createStateDatabase({
  layout,
  sqlite,
  logger,
}: {
  readonly layout: VolumeLayout;
  readonly sqlite: Sqlite;
  readonly logger: Logger;
}): StateDatabase {
  let opening: Promise<SqliteDatabase> | undefined;
  const open = (): Promise<SqliteDatabase> =>
    openReplaceable({
      sqlite,
      path: layout.stateFile,
      migrations: [scanMigrations, roomMigrations],
      onSetAside: (aside) =>
        logger.warn('the record of what was scanned was damaged: files are hashed again', { aside }),
    });
  return {
    open() {
      opening ??= open().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    async close() {
      const closing = opening;
      opening = undefined;
      await (await closing?.catch(() => undefined))?.close();
    },
  };
}
