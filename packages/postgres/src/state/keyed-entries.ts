import type { ChangeCall, StateCall, StateRead } from '@modelkeep/fleet';
import type { Selectable } from 'kysely';
import type { Tables } from '../schema/tables.ts';
import type { StateContext } from './state-context.ts';
import { checkVersion } from './swap-entry.ts';

type KeyedTable = 'manifest' | 'progress';

/** @internal What tables of entries by library and key have in common. */
export interface KeyedEntries<Entry> {
  get(key: string, call?: StateCall): Promise<Entry | null>;
  list(options?: StateRead & { readonly keys?: readonly string[] | undefined }): Promise<readonly Entry[]>;
  delete(key: string, call?: ChangeCall): Promise<boolean>;
}

/** @internal */
export function keyedEntries<T extends KeyedTable, Entry>(
  { connection, libraryId, tell }: StateContext,
  table: T,
  toEntry: (row: Selectable<Tables[T]>) => Entry,
): KeyedEntries<Entry> {
  const topic: KeyedTable = table;
  const list: KeyedEntries<Entry>['list'] = async ({ keys, libraries = 'own', signal } = {}) => {
    const rows = await connection.run((db) => {
      let query = db.selectFrom(topic).selectAll().orderBy('key').orderBy('library_id');
      if (libraries === 'own') query = query.where('library_id', '=', libraryId);
      if (keys !== undefined) query = query.where('key', '=', (each) => each.fn.any(each.val([...keys])));
      return query.execute();
    }, signal);
    return rows.map((row) => toEntry(row as Selectable<Tables[T]>));
  };
  return {
    async get(key, { signal } = {}) {
      const [found] = await list({ keys: [key], signal });
      return found ?? null;
    },
    list,
    async delete(key, { ifVersion, signal } = {}) {
      const wasThere = await connection.transaction(async (db) => {
        const found = await db
          .selectFrom(topic)
          .select('version')
          .where('library_id', '=', libraryId)
          .where('key', '=', key)
          .forUpdate()
          .executeTakeFirst();
        checkVersion({ topic, key, ifVersion }, found);
        await db.deleteFrom(topic).where('library_id', '=', libraryId).where('key', '=', key).execute();
        return found !== undefined;
      }, signal);
      tell();
      return wasThere;
    },
  };
}
