import { isModelkeepError } from '@modelkeep/core';
import { setAside, type Migration, type Sqlite, type SqliteDatabase } from '@modelkeep/sqlite';

/** @internal Which trees (by the names of their files) have which keys. It may know too few and never decides anything. */
export interface TreeIndex {
  /** Those of the names that are indexed. */
  known(names: readonly string[]): Promise<ReadonlySet<string>>;
  add(trees: readonly IndexedTree[]): Promise<void>;
  /** The trees with a key, those indexed last first. */
  find(key: string, limit: number): Promise<readonly string[]>;
  forget(names: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** @internal */
export interface IndexedTree {
  readonly name: string;
  readonly keys: readonly string[];
}

/** @internal The version is in the file's name: the index is derived, so a new schema gets a new file. */
export const treeIndexName = 'index-1.db';

const migration: Migration = {
  namespace: 'trees',
  steps: [
    `create table trees_files (id integer primary key, name text not null unique);
     create table trees_keys (key text not null, tree integer not null, primary key (key, tree)) without rowid;
     create index trees_keys_by_tree on trees_keys (tree);`,
  ],
};

/**
 * @internal Opens the index of a folder of trees. A damaged one makes place for an empty one.
 *
 * @throws `sqlite.*`, `io.*`
 */
export async function openTreeIndex(options: {
  readonly sqlite: Sqlite;
  readonly path: string;
  readonly readOnly: boolean;
}): Promise<TreeIndex> {
  const { sqlite, path, readOnly } = options;
  const open = (): Promise<SqliteDatabase> => sqlite.open({ path, readOnly, migrations: [migration] });
  const database = await open().catch(async (error: unknown) => {
    if (readOnly || !isModelkeepError(error, 'sqlite.corrupt')) throw error;
    await setAside(path);
    return open();
  });
  return {
    async known(names) {
      const rows = await database.all<{ name: string }>(
        'select name from trees_files where name in (select value from json_each(?))',
        [JSON.stringify(names)],
      );
      return new Set(rows.map(({ name }) => name));
    },
    async add(trees) {
      await database.transaction(
        trees.flatMap(({ name, keys }) => [
          { sql: 'insert or ignore into trees_files (name) values (?)', params: [name] },
          {
            sql: `insert or ignore into trees_keys (key, tree)
                  select value, (select id from trees_files where name = ?) from json_each(?)`,
            params: [name, JSON.stringify(keys)],
          },
        ]),
      );
    },
    async find(key, limit) {
      const rows = await database.all<{ name: string }>(
        `select name from trees_keys join trees_files on trees_files.id = trees_keys.tree
         where key = ? order by tree desc limit ?`,
        [key, limit],
      );
      return rows.map(({ name }) => name);
    },
    async forget(names) {
      const gone = JSON.stringify(names);
      const ids = '(select id from trees_files where name in (select value from json_each(?)))';
      await database.transaction([
        { sql: `delete from trees_keys where tree in ${ids}`, params: [gone] },
        { sql: 'delete from trees_files where name in (select value from json_each(?))', params: [gone] },
      ]);
    },
    close: () => database.close(),
  };
}

/** @internal An index for where none can be written: it lasts as long as the process. */
export function createMemoryIndex(): TreeIndex {
  const names = new Set<string>();
  const byKey = new Map<string, Set<string>>();
  return {
    known: async (wanted) => new Set(wanted.filter((name) => names.has(name))),
    async add(trees) {
      for (const { name, keys } of trees) {
        names.add(name);
        for (const key of keys) byKey.set(key, (byKey.get(key) ?? new Set<string>()).add(name));
      }
    },
    find: async (key, limit) => [...(byKey.get(key) ?? [])].toReversed().slice(0, limit),
    async forget(gone) {
      for (const name of gone) names.delete(name);
      for (const found of byKey.values()) for (const name of gone) found.delete(name);
    },
    close: async () => {},
  };
}
