import type { SqliteDatabase } from '@modelkeep/sqlite';
import { holdServer, type HeldServer, type ServerRow } from '../server-of-row.ts';

/** `anew`: a server was removed since, and all of them are told. */
interface NewerRows {
  readonly last: number;
  readonly anew: number;
  readonly rows: string;
}

const NEWER = `select last, removed > :since as anew,
    (select json_group_array(json_object('key', key, 'id', id, 'name', name, 'labels', json(labels), 'capacity', json(capacity),
        'endpoint', endpoint, 'silentAfterMs', silent_after_ms, 'registeredAtMs', registered_at_ms, 'seenAtMs', seen_at_ms,
        'running', running, 'queued', queued, 'bytesPerSecond', bytes_per_second, 'version', version, 'digest', digest,
        'syncedAtMs', synced_at_ms))
      from servers_list where edition > iif(removed > :since, -1, :since)) as rows
  from servers_editions`;

/** @internal Reads all servers, sorted by id. */
export type ReadServers = (signal?: AbortSignal) => Promise<readonly HeldServer[]>;

/**
 * @internal Each look reads the servers that were changed since the last one. Writers of SQLite come one after the other, so no
 * edition comes to light after a higher one.
 */
export function serversReader(database: SqliteDatabase): ReadServers {
  let known: { readonly last: number; readonly servers: readonly HeldServer[] } = { last: -1, servers: [] };
  return async (signal) => {
    const { last: since, servers } = known;
    const newer = await database.get<NewerRows>(NEWER, { since }, { signal });
    if (newer === undefined || newer.last === since) return servers;
    const changed = (JSON.parse(newer.rows) as ServerRow[]).map(holdServer);
    const byKey = new Map(
      (newer.anew === 1 ? changed : [...servers, ...changed]).map((server) => [server.key, server]),
    );
    const now = [...byKey.values()].toSorted((one, other) => (one.server.id < other.server.id ? -1 : 1));
    // A look that began later may have ended first.
    if (newer.last > known.last) known = { last: newer.last, servers: now };
    return now;
  };
}
