import type { Clock } from '@modelkeep/core';
import { noServer, serverColumns, type ServerRow } from '@modelkeep/fleet';
import type { Listener } from '../feed/listener.ts';
import type { PostgresConnection, Query } from '../connection/postgres-connection.ts';

/** @internal What the parts of the store share. */
export interface ServersContext {
  readonly connection: PostgresConnection;
  readonly clock: Clock;
  /** Tells the others, after a commit. */
  readonly tell: () => void;
  readonly listener: () => Listener;
}

/** @internal An entry of the log to write. */
export interface LogEntry {
  readonly kind: string;
  readonly serverId: string;
  readonly sha256: string | null;
}

const KEPT_CHANGES = 10_000;

/** @internal The row of a server, which nobody else changes until the transaction ends. @throws `fleet.not-found` */
export async function lockServer(query: Query, id: string): Promise<ServerRow> {
  const { rows } = await query<ServerRow & { id: string }>(
    `select ${serverColumns} from {s}.servers_list where id = $1 for update`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) throw noServer(id);
  return row;
}

/**
 * @internal Writes to the log, as the last of a transaction: the row with the last number is locked until the commit, so that
 * numbers are committed in their order and a reader misses none.
 */
export async function writeLog(query: Query, entries: readonly LogEntry[], nowMs: number): Promise<void> {
  if (entries.length === 0) return;
  const { rows } = await query<{ last: string }>('update {s}.servers_log_ends set last = last + $1 returning last', [
    entries.length,
  ]);
  const first = Number(rows[0]?.last) - entries.length;
  await query(
    `insert into {s}.servers_log (seq, kind, server_id, sha256, copies, at_ms)
     select $1::bigint + place, value ->> 'kind', value ->> 'serverId', value ->> 'sha256',
       (select count(*) from {s}.servers_inventory i join {s}.servers_contents c on c.key = i.content_key
         where c.sha256 = value ->> 'sha256' and i.state = 1), $2
     from json_array_elements($3::json) with ordinality as entry (value, place)`,
    [first, nowMs, JSON.stringify(entries)],
  );
  await query(
    `with gone as (delete from {s}.servers_log where seq <= $1 returning seq)
     update {s}.servers_log_ends set forgotten = greatest(forgotten, (select max(seq) from gone))
     where exists (select 1 from gone)`,
    [first + entries.length - KEPT_CHANGES],
  );
}

/** @internal Notes that a server is heard of. @returns what is to be told */
export async function hear(query: Query, { id }: { readonly id: string }, nowMs: number): Promise<LogEntry[]> {
  const { count } = await query('select 1 from {s}.servers_list where id = $1 and told_silent', [id]);
  await query(`update {s}.servers_list set seen_at_ms = $2 where id = $1`, [id, nowMs]);
  if (count === 0) return [];
  await query('update {s}.servers_list set told_silent = false where id = $1', [id]);
  return [{ kind: 'back', serverId: id, sha256: null }];
}

/**
 * @internal Finds servers that have become silent. A time to come (a clock was set back) counts as now, or a server that has
 * ended would be thought alive until then.
 *
 * @returns what is to be told
 */
export async function sweep(query: Query, nowMs: number): Promise<LogEntry[]> {
  await query(
    `update {s}.servers_list set seen_at_ms = $1 where key in
       (select key from {s}.servers_list where seen_at_ms > $1 order by key for update skip locked)`,
    [nowMs],
  );
  const { rows } = await query<{ id: string }>(
    `update {s}.servers_list set told_silent = true where key in
       (select key from {s}.servers_list where not told_silent and seen_at_ms + silent_after_ms < $1
        order by key for update skip locked) returning id`,
    [nowMs],
  );
  return rows.map(({ id }) => ({ kind: 'silent', serverId: id, sha256: null }));
}
