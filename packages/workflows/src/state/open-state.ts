import { isModelkeepError, serialiseError, type Clock, type Logger } from '@modelkeep/core';
import { openSqliteState, type OpenedState, type SecretStore } from '@modelkeep/fleet';
import type { LibraryStore } from '@modelkeep/library';
import type { Sqlite } from '@modelkeep/sqlite';

/** @internal */
export interface OpenStateOptions {
  readonly store: LibraryStore;
  readonly sqlite: Sqlite;
  readonly secretStore: SecretStore | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * @internal What the processes of this machine share. A library that is open for reading shows what another process has
 * written; null where there is nothing, or nothing that can be read.
 */
export async function openState({
  store,
  sqlite,
  secretStore,
  clock,
  logger,
}: OpenStateOptions): Promise<OpenedState | null> {
  const { libraryId, stateFile } = store;
  const options = { sqlite, libraryId, secretStore, clock, logger };
  if (stateFile !== null) return openSqliteState({ ...options, path: stateFile });
  try {
    return await openSqliteState({ ...options, path: store.layout.stateFile, readOnly: true });
  } catch (error) {
    if (!isModelkeepError(error)) throw error;
    if (error.code !== 'io.not-found') {
      logger.warn('what processes share cannot be read here', { error: serialiseError(error).message });
    }
    return null;
  }
}
