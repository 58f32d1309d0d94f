import type { SqliteDatabase } from '@modelkeep/sqlite';
import { MAX_CANDIDATES, type ReadCandidates } from '../find-by-path.ts';
import { ITEM_STATE } from '../item-state.ts';

/** Key of the content, path, whether that is absolute, whether a server has it. */
type Found = readonly [number, string, number, number];

/** @internal */
export function candidatesReader(database: SqliteDatabase, signal: AbortSignal | undefined): ReadCandidates {
  return async (wanted, by) => {
    const sql = `select value ->> 'place' as place,
        (select json_group_array(json_array(content_key, path, is_absolute, exists (select 1 from servers_inventory i
            where i.content_key = p.content_key and i.state = ${ITEM_STATE.present})))
          from (select * from servers_paths where name = value ->> 'name'
            ${by === 'path' ? "and path = value ->> 'path'" : ''} limit ${MAX_CANDIDATES + 1}) p) as found
      from json_each(:wanted)`;
    const asked = JSON.stringify(wanted.map(({ place, name, path }) => ({ place, name, path })));
    const rows = await database.all<{ place: number; found: string }>(sql, { wanted: asked }, { signal });
    return new Map(
      rows.flatMap(({ place, found }) => {
        const read = (JSON.parse(found) as Found[]).map(([contentKey, path, isAbsolute, isThere]) => {
          return { contentKey, path, isAbsolute: isAbsolute === 1, isThere: isThere === 1 };
        });
        return read.length === 0 ? [] : [[place, read] as const];
      }),
    );
  };
}
