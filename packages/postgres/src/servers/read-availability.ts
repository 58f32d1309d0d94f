import {
  checkQueries,
  contentColumns,
  findByPath,
  ITEM_STATE,
  joinAvailability,
  refOfCivitai,
  refOfHub,
  type Availability,
  type ContentQuery,
  type FleetContent,
} from '@modelkeep/fleet';
import { hashOf } from './hash-of.ts';
import type { ReadServers } from './read-all-servers.ts';
import { candidatesReader } from './read-candidates.ts';
import type { ServersContext } from './servers-context.ts';

type ContentRow = FleetContent & { readonly meant: readonly number[]; readonly holders: readonly number[] };

/** @internal What the look needs: it keeps what servers said. */
export interface AvailabilityContext extends ServersContext {
  readonly readAllServers: ReadServers;
}

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
    array_to_json(array(select place from meant where content_key = c.key)) as meant,
    array_to_json(array(select server_key from {s}.servers_inventory
      where content_key = c.key and state = ${ITEM_STATE.present})) as holders
  from {s}.servers_contents c where c.key = any(array(select content_key from meant)) order by c.key limit ${MAX_CONTENTS}`;

/** @internal Looks at the contents that are asked for and at nothing else: an index leads to each, and to who has it. */
export async function readAvailability(
  context: AvailabilityContext,
  queries: readonly ContentQuery[],
  signal?: AbortSignal,
): Promise<Availability> {
  const { clock, readAllServers } = context;
  checkQueries(queries);
  const [contents, servers] = await Promise.all([readContents(context, queries, signal), readAllServers(signal)]);
  const read = contents.map(({ meant, holders, ...content }) => ({ content, meant, holders }));
  return joinAvailability({ servers, contents: read, queries: queries.length, nowMs: clock.now() });
}

async function readContents(
  context: AvailabilityContext,
  queries: readonly ContentQuery[],
  signal: AbortSignal | undefined,
): Promise<ContentRow[]> {
  const paths = queries.flatMap((query, place) => (query.by === 'alias' ? [{ path: query.path, place }] : []));
  const byPath = await findByPath(paths, candidatesReader(context.connection, signal));
  const wanted = queries.map((query, place) => termOf(query, byPath.get(place) ?? null));
  return context.connection.query<ContentRow & object>(LOOK, [JSON.stringify(wanted)], signal);
}

function termOf(query: ContentQuery, key: number | null): object {
  if (query.by === 'sha256') return { sha256: query.sha256 };
  if (query.by === 'civitai') return { hash: hashOf(refOfCivitai(query.versionId), '') };
  if (query.by === 'hf') return { hash: hashOf(refOfHub(query.repo, query.path), query.revision ?? '') };
  return { key };
}
