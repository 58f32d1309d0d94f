import { comparablePath } from '@modelkeep/core';
import {
  checkQueries,
  chooseByPath,
  contentColumns,
  contentPath,
  ITEM_STATE,
  joinAvailability,
  MAX_CANDIDATES,
  refOfCivitai,
  refOfHub,
  serverColumns,
  type Availability,
  type ContentQuery,
  type FleetContent,
  type PathCandidate,
  type ServerRow,
} from '@modelkeep/fleet';
import { hashOf } from './hash-of.ts';
import type { ServersContext } from './servers-context.ts';

type ContentRow = FleetContent & { readonly meant: readonly number[]; readonly holders: readonly number[] };

/** How many contents one look tells of: a name that thousands claim means none of them in particular. */
const MAX_CONTENTS = 5_000;

const LOOK = `with wanted as materialized (
    select place::int - 1 as place, value ->> 'sha256' as sha256, value ->> 'hash' as hash, (value ->> 'key')::int as key
    from json_array_elements($1::json) with ordinality as each_one (value, place)),
  meant (place, content_key) as materialized (
    select place, c.key from wanted join {s}.servers_contents c on c.sha256 = wanted.sha256
    union select place, n.content_key from wanted join {s}.servers_names n on n.hash = wanted.hash
    union select place, key from wanted where key is not null)
  select ${contentColumns},
    array(select place from meant where content_key = c.key) as meant,
    array(select server_key from {s}.servers_inventory
      where content_key = c.key and state = ${ITEM_STATE.present}) as holders
  from {s}.servers_contents c where c.key = any(array(select content_key from meant)) order by c.key limit ${MAX_CONTENTS}`;

/** @internal Looks at the contents that are asked for and at nothing else: an index leads to each, and to who has it. */
export async function readAvailability(
  context: ServersContext,
  queries: readonly ContentQuery[],
  signal?: AbortSignal,
): Promise<Availability> {
  const { connection, clock } = context;
  checkQueries(queries);
  const byPath = await Promise.all(
    queries.map(async (query) => (query.by === 'alias' ? findByPath(context, query.path, signal) : null)),
  );
  const wanted = queries.map((query, place) => termOf(query, byPath[place] ?? null));
  const [contents, servers] = await Promise.all([
    connection.query<ContentRow & object>(LOOK, [JSON.stringify(wanted)], signal),
    connection.query<ServerRow & object>(`select ${serverColumns} from {s}.servers_list order by id`, [], signal),
  ]);
  const read = contents.map(({ meant, holders, ...content }) => ({ content, meant, holders }));
  return joinAvailability({ servers, contents: read, queries: queries.length, nowMs: clock.now() });
}

function termOf(query: ContentQuery, key: number | null): object {
  if (query.by === 'sha256') return { sha256: query.sha256 };
  if (query.by === 'civitai') return { hash: hashOf(refOfCivitai(query.versionId), '') };
  if (query.by === 'hf') return { hash: hashOf(refOfHub(query.repo, query.path), query.revision ?? '') };
  return { key };
}

async function findByPath(
  { connection }: ServersContext,
  path: string,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  const wanted = comparablePath(path);
  if (wanted === null) return null;
  const known = contentPath(wanted);
  const candidates = (condition: string, values: readonly string[]): Promise<PathCandidate[]> =>
    connection.query<PathCandidate & object>(
      `select content_key as "contentKey", path, is_absolute as "isAbsolute",
         exists (select 1 from {s}.servers_inventory i
           where i.content_key = p.content_key and i.state = ${ITEM_STATE.present}) as "isThere"
       from {s}.servers_paths p where name_hash = $1 ${condition} limit ${MAX_CANDIDATES + 1}`,
      values,
      signal,
    );
  const whole = await candidates('and path_hash = $2', [hashOf(known.name), hashOf(known.path)]);
  if (whole.length > 0) return chooseByPath(wanted, whole);
  const named = await candidates('', [hashOf(known.name)]);
  return named.length > MAX_CANDIDATES ? null : chooseByPath(wanted, named);
}
