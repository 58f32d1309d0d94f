import { holdServer, serverColumns, type HeldServer, type ServerRow } from '@modelkeep/fleet';
import type { PostgresConnection } from '../connection/postgres-connection.ts';

/** What changes all the time, with the edition of the rest. */
type Now = readonly [key: number, edition: string, seenAtMs: number, running: number, queued: number];

interface Edition {
  readonly edition: string;
  readonly row: ServerRow;
  readonly held: HeldServer;
}

const NOW = `select coalesce(json_agg(json_build_array(key, edition, seen_at_ms, running, queued)), '[]') as now
  from (select * from {s}.servers_list order by id) each_one`;

/** @internal Reads all servers, sorted by id. */
export type ReadServers = (signal?: AbortSignal) => Promise<readonly HeldServer[]>;

/**
 * @internal What servers say of themselves is fetched once for each edition of it: each look asks which editions there are now,
 * so that what another process has changed is seen by the next one.
 */
export function serversReader(connection: PostgresConnection): ReadServers {
  let known: ReadonlyMap<number, Edition> = new Map();
  return async (signal) => {
    const [found] = await connection.query<{ now: Now[] }>(NOW, [], signal);
    const now = found?.now ?? [];
    const before = known;
    const missing = now.filter(([key, edition]) => before.get(key)?.edition !== edition).map(([key]) => key);
    const fetched = missing.length === 0 ? [] : await fetchEditions(connection, missing, signal);
    const newer = new Map(fetched.map((one) => [one.row.key, one]));
    const editions = new Map<number, Edition>();
    for (const told of now) {
      const [key, edition] = told;
      const known = before.get(key);
      const one = known?.edition === edition ? known : newer.get(key);
      // It was removed in between.
      if (one !== undefined) editions.set(key, asTold(one, told));
    }
    known = editions;
    return [...editions.values()].map(({ held }) => held);
  };
}

function asTold(one: Edition, [, , seenAtMs, running, queued]: Now): Edition {
  const { row } = one;
  if (row.seenAtMs === seenAtMs && row.running === running && row.queued === queued) return one;
  const now = { ...row, seenAtMs, running, queued };
  return { ...one, row: now, held: holdServer(now) };
}

async function fetchEditions(
  connection: PostgresConnection,
  keys: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Edition[]> {
  const sql = `select edition, ${serverColumns} from {s}.servers_list where key = any($1)`;
  const rows = await connection.query<ServerRow & { edition: string }>(sql, [keys], signal);
  return rows.map(({ edition, ...row }) => {
    const said = { ...row, ...parsed(row) };
    return { edition, row: said, held: holdServer(said) };
  });
}

function parsed({ labels, capacity }: ServerRow): Pick<ServerRow, 'labels' | 'capacity'> {
  const read = <T>(text: string | T): T => (typeof text === 'string' ? (JSON.parse(text) as T) : text);
  return { labels: read(labels), capacity: read(capacity) };
}
