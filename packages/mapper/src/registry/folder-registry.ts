import type { RegistryDatabase } from './database.ts';
import type { AppPlace } from '../app/app-place.ts';

/** @internal The folders that were made for links: only these are removed again, and only when they are empty. */
export interface FolderRegistry {
  /** Deepest first. */
  list(place: AppPlace, signal?: AbortSignal): Promise<readonly string[]>;
  /** @returns whether it was not recorded before */
  add(path: string, place: AppPlace): Promise<boolean>;
  forget(path: string): Promise<void>;
}

/** @internal */
export function createFolderRegistry(database: RegistryDatabase, machine: string): FolderRegistry {
  return {
    async list({ app, appRoot }, signal) {
      const rows = await database.all<{ readonly path: string }>(
        'select path from mapper_folders where machine = ? and app = ? and app_root = ? order by length(path) desc, path',
        [machine, app, appRoot],
        { signal },
      );
      return rows.map(({ path }) => path);
    },
    async add(path, { app, appRoot }) {
      const [result] = await database.transaction([
        {
          sql: 'insert into mapper_folders (machine, path, app, app_root) values (?, ?, ?, ?) on conflict (machine, path) do nothing',
          params: [machine, path, app, appRoot],
        },
      ]);
      return (result?.changes ?? 0) > 0;
    },
    async forget(path) {
      await database.transaction([
        { sql: 'delete from mapper_folders where machine = ? and path = ?', params: [machine, path] },
      ]);
    },
  };
}
