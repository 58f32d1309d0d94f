import { comparablePath } from '@modelkeep/core';
import { chooseByPath, MAX_CANDIDATES, type PathCandidate } from '../choose-by-path.ts';
import { contentPath } from '../content-names.ts';
import { ITEM_STATE } from '../item-state.ts';
import type { SqliteServersContext } from './sqlite-servers-context.ts';

interface WantedPath {
  readonly path: string;
  readonly place: number;
}

interface Asked {
  readonly place: number;
  readonly name: string;
  readonly path: string;
}

/** Key of the content, path, whether that is absolute, whether a server has it. */
type Found = readonly [number, string, number, number];

/** @internal The contents that paths mean, by their places; those that mean none are left out. All are looked for at once. */
export async function findByPath(
  context: SqliteServersContext,
  paths: readonly WantedPath[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
  const wanted = paths.flatMap(({ path, place }) => {
    const comparable = comparablePath(path);
    return comparable === null ? [] : [{ place, comparable, ...contentPath(comparable) }];
  });
  const whole = await candidates(context, { wanted, by: 'path' }, signal);
  const others = wanted.filter(({ place }) => !whole.has(place));
  const named = await candidates(context, { wanted: others, by: 'name' }, signal);
  return new Map(
    wanted.flatMap(({ place, comparable }) => {
      const found = whole.get(place) ?? named.get(place) ?? [];
      const key = whole.has(place) || found.length <= MAX_CANDIDATES ? chooseByPath(comparable, found) : null;
      return key === null ? [] : [[place, key] as const];
    }),
  );
}

async function candidates(
  { database }: SqliteServersContext,
  { wanted, by }: { readonly wanted: readonly Asked[]; readonly by: 'path' | 'name' },
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<number, readonly PathCandidate[]>> {
  if (wanted.length === 0) return new Map();
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
}
