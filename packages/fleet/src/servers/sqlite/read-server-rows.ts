import type { SqliteDatabase } from '@modelkeep/sqlite';
import type { ServerRow } from '../server-of-row.ts';

/** What servers say of themselves, which seldom changes. */
type Said = Pick<
  ServerRow,
  'key' | 'id' | 'name' | 'labels' | 'capacity' | 'endpoint' | 'silentAfterMs' | 'registeredAtMs'
>;
/** What changes all the time. */
type Now = readonly [number, number, number, number | null, number, string, number | null];

const ALL = `select
    json_group_array(json_object('key', key, 'id', id, 'name', name, 'labels', json(labels), 'capacity', json(capacity),
      'endpoint', endpoint, 'silentAfterMs', silent_after_ms, 'registeredAtMs', registered_at_ms)) as said,
    json_group_array(json_array(seen_at_ms, running, queued, bytes_per_second, version, digest, synced_at_ms)) as now
  from (select * from servers_list order by id)`;

/** @internal Reads all servers, sorted by id. */
export type ReadServerRows = (signal?: AbortSignal) => Promise<readonly ServerRow[]>;

/**
 * @internal A thousand rows cross the border of a thread as two texts, which is faster than rows, and what has not changed
 * since the last look is not parsed again.
 */
export function serverRowsReader(database: SqliteDatabase): ReadServerRows {
  let known: { readonly text: string; readonly said: readonly Said[] } = { text: '[]', said: [] };
  return async (signal) => {
    const found = await database.get<{ said: string; now: string }>(ALL, [], { signal });
    const { said: text, now } = found ?? { said: '[]', now: '[]' };
    if (text !== known.text) known = { text, said: JSON.parse(text) as Said[] };
    const { said } = known;
    return (JSON.parse(now) as Now[]).flatMap((values, place) => {
      const server = said[place];
      if (server === undefined) return [];
      const [seenAtMs, running, queued, bytesPerSecond, version, digest, syncedAtMs] = values;
      return [{ ...server, seenAtMs, running, queued, bytesPerSecond, version, digest, syncedAtMs }];
    });
  };
}
