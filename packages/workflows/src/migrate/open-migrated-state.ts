import { ModelkeepError, type Clock, type Logger } from '@modelkeep/core';
import { openSqliteState, type OpenedState } from '@modelkeep/fleet';
import type { LibraryStore } from '@modelkeep/library';
import type { Sqlite } from '@modelkeep/sqlite';

/** @internal */
export interface OpenMigratedStateOptions {
  readonly store: Pick<LibraryStore, 'stateFile' | 'libraryId' | 'root'>;
  readonly sqlite: Sqlite;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** @internal What the processes of this machine share, opened for one migration. @throws `library.read-only`, `sqlite.*`, `io.*` */
export async function openMigratedState(options: OpenMigratedStateOptions): Promise<OpenedState> {
  const { store, sqlite, clock, logger } = options;
  const { stateFile: path, libraryId, root } = store;
  if (path !== null) return openSqliteState({ sqlite, path, libraryId, clock, logger });
  throw new ModelkeepError('library.read-only', {
    message: `nothing can be taken over into ${root}: it is open for reading only`,
    facts: { root },
    hint: "open the library with mode 'write'",
  });
}
