import type { Availability, ContentQuery, FleetContent } from '../content.ts';
import { refOfCivitai, refOfHub } from '../content-names.ts';
import { checkQueries } from '../check-queries.ts';
import { ITEM_STATE } from '../item-state.ts';
import { findByPath } from '../find-by-path.ts';
import { joinAvailability } from '../join-availability.ts';
import { contentColumns } from './content-columns.ts';
import { candidatesReader } from './read-candidates.ts';
import type { SqliteServersContext } from './sqlite-servers-context.ts';

type ContentRow = FleetContent & { readonly meant: string; readonly holders: string };

/** How many contents one look tells of: a name that thousands claim means none of them in particular. */
const MAX_CONTENTS = 5_000;

const LOOK = `with wanted as (select key as place, value from json_each(:wanted)),
  meant (place, content_key) as (
    select place, c.key from wanted join servers_contents c on c.sha256 = value ->> 'sha256'
    union select place, n.content_key from wanted join servers_names n
      on n.ref = value ->> 'ref' and n.revision = value ->> 'revision'
    union select place, value ->> 'key' from wanted where value ->> 'key' is not null)
  select ${contentColumns},
    (select json_group_array(place) from meant where content_key = c.key) as meant,
    (select json_group_array(server_key) from servers_inventory
      where content_key = c.key and state = ${ITEM_STATE.present}) as holders
  from servers_contents c where c.key in (select content_key from meant) order by c.key limit ${MAX_CONTENTS}`;

/** @internal Looks at the contents that are asked for and at nothing else: an index leads to each, and to who has it. */
export async function readAvailability(
  context: SqliteServersContext,
  queries: readonly ContentQuery[],
  signal?: AbortSignal,
): Promise<Availability> {
  checkQueries(queries);
  const [rows, servers] = await Promise.all([readContents(context, queries, signal), context.readAllServers(signal)]);
  const contents = rows.map(({ meant, holders, ...content }) => {
    return { content, meant: JSON.parse(meant) as number[], holders: JSON.parse(holders) as number[] };
  });
  return joinAvailability({ servers, contents, queries: queries.length, nowMs: context.clock.now() });
}

async function readContents(
  context: SqliteServersContext,
  queries: readonly ContentQuery[],
  signal: AbortSignal | undefined,
): Promise<readonly ContentRow[]> {
  const paths = queries.flatMap((query, place) => (query.by === 'alias' ? [{ path: query.path, place }] : []));
  const byPath = await findByPath(paths, candidatesReader(context.database, signal));
  const wanted = queries.map((query, place) => termOf(query, byPath.get(place) ?? null));
  return context.database.all<ContentRow>(LOOK, { wanted: JSON.stringify(wanted) }, { signal });
}

function termOf(query: ContentQuery, key: number | null): object {
  if (query.by === 'sha256') return { sha256: query.sha256 };
  if (query.by === 'civitai') return { ref: refOfCivitai(query.versionId), revision: '' };
  if (query.by === 'hf') return { ref: refOfHub(query.repo, query.path), revision: query.revision ?? '' };
  return { key };
}
