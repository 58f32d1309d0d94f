import { ITEM_STATE, MAX_CANDIDATES, type PathCandidate, type ReadCandidates } from '@modelkeep/fleet';
import type { PostgresConnection } from '../connection/postgres-connection.ts';
import { hashOf } from './hash-of.ts';

type Candidate = PathCandidate & { readonly place: number };

/** @internal */
export function candidatesReader(connection: PostgresConnection, signal: AbortSignal | undefined): ReadCandidates {
  return async (wanted, by) => {
    const rows = await connection.query<Candidate & object>(
      `select place, content_key as "contentKey", path, is_absolute as "isAbsolute",
         exists (select 1 from {s}.servers_inventory i
           where i.content_key = p.content_key and i.state = ${ITEM_STATE.present}) as "isThere"
       from unnest($1::int[], $2::text[], $3::text[]) as wanted (place, name, whole)
       cross join lateral (select * from {s}.servers_paths where name_hash = name
         ${by === 'path' ? 'and path_hash = whole' : ''} limit ${MAX_CANDIDATES + 1}) p`,
      [
        wanted.map(({ place }) => place),
        wanted.map(({ name }) => hashOf(name)),
        wanted.map(({ path }) => hashOf(path)),
      ],
      signal,
    );
    return Map.groupBy(rows, ({ place }) => place);
  };
}
