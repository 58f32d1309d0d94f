import { changeOfRow, placeInLog, type ServerLog, type ServerLogRow } from '../log-cursor.ts';
import type { ServerChanges } from '../server-changes.ts';
import type { FollowServersOptions } from '../servers-port.ts';
import { sweepStatements, type SqliteServersContext } from './sqlite-servers-context.ts';

const PAGE = 1_000;
const POLL_MS = 25;
/** Silence is no write: somebody has to look. */
const SWEEP_MS = 1_000;

/** @internal */
export async function changesSince(
  { database }: SqliteServersContext,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<ServerChanges> {
  const sql = `select (select value from servers_facts where name = 'generation') as generation,
    coalesce((select seq from sqlite_sequence where name = 'servers_log'), 0) as last,
    coalesce((select min(seq) from servers_log), 1) as first`;
  const log = await database.get<ServerLog>(sql, [], { signal });
  const { generation, last } = log ?? { generation: '', last: 0 };
  const after = log === undefined ? null : placeInLog(cursor, log);
  if (after === null) return { changes: [], cursor: `${generation}.${last}`, resync: true };
  const rows = await database.all<ServerLogRow>(
    `select seq, kind, server_id as serverId, sha256, copies, at_ms as atMs from servers_log
      where seq > ? order by seq limit ${PAGE}`,
    [after],
    { signal },
  );
  return {
    changes: rows.map(changeOfRow),
    cursor: `${generation}.${rows.at(-1)?.seq ?? after}`,
    resync: false,
  };
}

/** @internal Looks whether another connection has written, which costs next to nothing, and who has become silent. */
export async function* watchServers(
  context: SqliteServersContext,
  { since, signal }: FollowServersOptions = {},
): AsyncGenerator<ServerChanges> {
  const { database, clock } = context;
  let cursor = since ?? null;
  let seen = -1;
  let sweptMs = Number.NEGATIVE_INFINITY;
  for (;;) {
    if (clock.monotonicMs() - sweptMs >= SWEEP_MS) {
      sweptMs = clock.monotonicMs();
      await sweep(context, signal);
    }
    const version = await database.get<{ data_version: number }>('pragma data_version', [], { signal });
    if (version?.data_version !== seen) {
      seen = version?.data_version ?? -1;
      for (let isLast = false; !isLast;) {
        const page = await changesSince(context, cursor, signal);
        cursor = page.cursor;
        isLast = page.resync || page.changes.length < PAGE;
        if (page.resync || page.changes.length > 0) yield page;
      }
    }
    await clock.sleep(POLL_MS, signal);
  }
}

async function sweep({ database, clock }: SqliteServersContext, signal: AbortSignal | undefined): Promise<void> {
  const now = clock.now();
  const sql = `select 1 as due from servers_list
    where seen_at_ms > :now or (told_silent = 0 and seen_at_ms + silent_after_ms < :now) limit 1`;
  const due = await database.get(sql, { now }, { signal });
  if (due !== undefined) await database.transaction(sweepStatements(now), { signal });
}
