import type { RegistryDatabase } from './database.ts';

/** @internal A folder of an app, or of links that its config files lead to, as it is recorded. */
export interface RecordedRoot {
  readonly app: string;
  readonly root: string;
}

/** @internal Where the folders of links are that config files lead to. */
export interface ViewRegistry {
  roots(): Promise<readonly RecordedRoot[]>;
  /** Counts what is recorded of one folder to another one, which it has become. Runs of before can no longer be taken back. */
  move(
    view: RecordedRoot,
    to: { readonly root: string; readonly parent: string; readonly oldParent: string },
  ): Promise<void>;
}

/** @internal */
export function createViewRegistry(database: RegistryDatabase, machine: string): ViewRegistry {
  return {
    roots: () =>
      database.all<RecordedRoot>(
        `select app, app_root as root from mapper_links where machine = ?
         union select app, app_root from mapper_folders where machine = ?
         union select app, view_root from mapper_files where machine = ?`,
        [machine, machine, machine],
        {},
      ),
    async move({ app, root: old }, { root, parent, oldParent }) {
      const place = [machine, app, old];
      const below = (table: string, column: string) => ({
        sql: `update or ignore ${table} set ${column} = ? || substr(${column}, length(?) + 1), app_root = ?
          where machine = ? and app = ? and app_root = ? and substr(${column}, 1, length(?)) = ?`,
        params: [root, old, root, ...place, old, old],
      });
      await database.transaction([
        below('mapper_links', 'target'),
        { sql: 'delete from mapper_links where machine = ? and app = ? and app_root = ?', params: place },
        below('mapper_folders', 'path'),
        {
          sql: 'update or ignore mapper_folders set path = ?, app_root = ? where machine = ? and app = ? and app_root = ? and path = ?',
          params: [parent, root, ...place, oldParent],
        },
        { sql: 'delete from mapper_folders where machine = ? and app = ? and app_root = ?', params: place },
        {
          sql: 'update mapper_files set view_root = ? where machine = ? and app = ? and view_root = ?',
          params: [root, ...place],
        },
        { sql: 'delete from mapper_undo where machine = ? and app = ? and app_root = ?', params: place },
        { sql: 'delete from mapper_file_undo where machine = ? and app = ? and view_root = ?', params: place },
      ]);
    },
  };
}
