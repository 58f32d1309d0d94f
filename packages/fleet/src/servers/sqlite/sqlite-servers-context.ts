import type { Clock } from '@modelkeep/core';
import type { SqliteDatabase, SqlStatement } from '@modelkeep/sqlite';
import { noServer } from '../server-of-row.ts';
import type { ReadServers } from './read-all-servers.ts';

/** @internal What the parts of the store share. */
export interface SqliteServersContext {
  readonly database: SqliteDatabase;
  readonly clock: Clock;
  readonly readAllServers: ReadServers;
}

/** @internal How many entries of the log are kept. */
const KEPT_CHANGES = 10_000;

/** @internal Notes that old entries of the log may go; the last statement of what writes to it. */
export const trimLog: SqlStatement = {
  sql: `delete from servers_log where seq <= (select max(seq) from servers_log) - ${KEPT_CHANGES}`,
};

/** @internal @throws `fleet.not-found` */
export async function keyOf({ database }: SqliteServersContext, id: string, signal?: AbortSignal): Promise<number> {
  const row = await database.get<{ key: number }>('select key from servers_list where id = ?', [id], { signal });
  if (row === undefined) throw noServer(id);
  return row.key;
}

/**
 * @internal Tells of servers that have become silent. A time to come (the clock was set back) counts as now, or a server
 * that has ended would be thought alive until then.
 */
export function sweepStatements(now: number): SqlStatement[] {
  const isSilent = 'told_silent = 0 and seen_at_ms + silent_after_ms < :now';
  return [
    { sql: 'update servers_list set seen_at_ms = :now where seen_at_ms > :now', params: { now } },
    {
      sql: `insert into servers_log (kind, server_id, at_ms) select 'silent', id, :now from servers_list where ${isSilent}`,
      params: { now },
    },
    { sql: `update servers_list set told_silent = 1 where ${isSilent}`, params: { now } },
  ];
}

/** @internal Tells that a server is heard of again, and notes it. To be followed by what else is written of it. */
export function heardStatements(id: string, now: number): SqlStatement[] {
  return [
    {
      sql: `insert into servers_log (kind, server_id, at_ms)
        select 'back', id, :now from servers_list where id = :id and told_silent = 1`,
      params: { id, now },
    },
    { sql: 'update servers_list set seen_at_ms = :now, told_silent = 0 where id = :id', params: { id, now } },
  ];
}
