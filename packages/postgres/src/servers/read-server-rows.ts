import type { ServerRow } from '@modelkeep/fleet';
import { serverColumns } from '@modelkeep/fleet';
import type { PostgresConnection } from '../connection/postgres-connection.ts';

/** What changes all the time, with the edition of the rest. */
type Now = readonly [key: number, edition: string, seenAtMs: number, running: number, queued: number];

interface Edition {
  readonly edition: string;
  readonly row: ServerRow;
}

const NOW = `select coalesce(json_agg(json_build_array(key, edition, seen_at_ms, running, queued)), '[]') as now
  from (select * from {s}.servers_list order by id) each_one`;

/** @internal Reads all servers, sorted by id. */
export type ReadServerRows = (signal?: AbortSignal) => Promise<readonly ServerRow[]>;

/**
 * @internal What servers say of themselves is fetched once for each edition of it: each look asks which editions there are now,
 * so that what another process has changed is seen by the next one.
 */
export function serverRowsReader(connection: PostgresConnection): ReadServerRows {
  let known: ReadonlyMap<number, Edition> = new Map();
  return async (signal) => {
    const [found] = await connection.query<{ now: Now[] }>(NOW, [], signal);
    const now = found?.now ?? [];
    const before = known;
    const missing = now.filter(([key, edition]) => before.get(key)?.edition !== edition).map(([key]) => key);
    const fetched = missing.length === 0 ? [] : await fetchEditions(connection, missing, signal);
    const newer = new Map(fetched.map((one) => [one.row.key, one]));
    const rows: ServerRow[] = [];
    const editions = new Map<number, Edition>();
    for (const [key, edition, seenAtMs, running, queued] of now) {
      const held = before.get(key);
      const one = held?.edition === edition ? held : newer.get(key);
      // It was removed in between.
      if (one === undefined) continue;
      editions.set(key, one);
      rows.push({ ...one.row, seenAtMs, running, queued });
    }
    known = editions;
    return rows;
  };
}

async function fetchEditions(
  connection: PostgresConnection,
  keys: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Edition[]> {
  const sql = `select edition, ${serverColumns} from {s}.servers_list where key = any($1)`;
  const rows = await connection.query<ServerRow & { edition: string }>(sql, [keys], signal);
  return rows.map(({ edition, ...row }) => ({ edition, row: { ...row, ...parsed(row) } }));
}

function parsed({ labels, capacity }: ServerRow): Pick<ServerRow, 'labels' | 'capacity'> {
  const read = <T>(text: string | T): T => (typeof text === 'string' ? (JSON.parse(text) as T) : text);
  return { labels: read(labels), capacity: read(capacity) };
}
