import { comparablePath } from '@modelkeep/core';
import { chooseByPath, contentPath, ITEM_STATE, MAX_CANDIDATES, type PathCandidate } from '@modelkeep/fleet';
import { hashOf } from './hash-of.ts';
import type { ServersContext } from './servers-context.ts';

type Candidate = PathCandidate & { readonly place: number };

interface WantedPath {
  readonly path: string;
  readonly place: number;
}

/** @internal The contents that paths mean, by their places; those that mean none are left out. All are looked for at once. */
export async function findByPath(
  context: ServersContext,
  paths: readonly WantedPath[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
  const wanted = paths.flatMap(({ path, place }) => {
    const comparable = comparablePath(path);
    if (comparable === null) return [];
    const known = contentPath(comparable);
    return [{ place, comparable, name: hashOf(known.name), path: hashOf(known.path) }];
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

interface Asked {
  readonly wanted: readonly { readonly place: number; readonly name: string; readonly path: string }[];
  readonly by: 'path' | 'name';
}

async function candidates(
  { connection }: ServersContext,
  { wanted, by }: Asked,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<number, readonly PathCandidate[]>> {
  if (wanted.length === 0) return new Map();
  const rows = await connection.query<Candidate & object>(
    `select place, content_key as "contentKey", path, is_absolute as "isAbsolute",
       exists (select 1 from {s}.servers_inventory i
         where i.content_key = p.content_key and i.state = ${ITEM_STATE.present}) as "isThere"
     from unnest($1::int[], $2::text[], $3::text[]) as wanted (place, name, whole)
     cross join lateral (select * from {s}.servers_paths where name_hash = name
       ${by === 'path' ? 'and path_hash = whole' : ''} limit ${MAX_CANDIDATES + 1}) p`,
    [wanted.map(({ place }) => place), wanted.map(({ name }) => name), wanted.map(({ path }) => path)],
    signal,
  );
  return Map.groupBy(rows, ({ place }) => place);
}
