import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqlite, type Sqlite } from '@modelkeep/sqlite';
import type { OpenedState } from './ports/shared-state.ts';
import { openSqliteState, type OpenSqliteStateOptions } from './sqlite/open-sqlite-state.ts';

/** @internal */
export interface StateScene extends AsyncDisposable {
  readonly folder: string;
  readonly path: string;
  readonly sqlite: Sqlite;
  open(options?: Partial<OpenSqliteStateOptions>): Promise<OpenedState>;
}

/** @internal A folder with a state, which is gone at the end. */
export async function stateScene(): Promise<StateScene> {
  const folder = await mkdtemp(join(tmpdir(), 'modelkeep-fleet-'));
  const path = join(folder, 'state.db');
  const sqlite = createSqlite({ size: 2 });
  return {
    folder,
    path,
    sqlite,
    open: (options) => openSqliteState({ sqlite, path, libraryId: '01990000-0000-7000-8000-00000000000a', ...options }),
    async [Symbol.asyncDispose]() {
      await sqlite.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
