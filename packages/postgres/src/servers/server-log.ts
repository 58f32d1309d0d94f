import {
  changeOfRow,
  placeInLog,
  type FollowServersOptions,
  type ServerChanges,
  type ServerLogRow,
} from '@modelkeep/fleet';
import { wokenOrLate } from '../feed/woken-or-late.ts';
import { sweep, writeLog, type ServersContext } from './servers-context.ts';

const PAGE = 1_000;
/** Silence is no write: somebody has to look. */
const SWEEP_MS = 1_000;
const UNTOLD_MS = 250;

interface Ends {
  readonly generation: string;
  readonly last: number;
  readonly forgotten: number;
}

/** @internal */
export async function changesSince(
  { connection }: ServersContext,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<ServerChanges> {
  const [ends] = await connection.query<Ends & object>(
    `select replace((select value from {s}.settings where name = 'database'), '-', '') as generation,
       last::float8, forgotten::float8 from {s}.servers_log_ends`,
    [],
    signal,
  );
  const { generation, last, forgotten } = ends ?? { generation: '', last: 0, forgotten: 0 };
  const after = placeInLog(cursor, { generation, last, first: forgotten + 1 });
  if (after === null) return { changes: [], cursor: `${generation}.${last}`, resync: true };
  const rows = await connection.query<ServerLogRow & object>(
    `select seq::float8, kind, server_id as "serverId", sha256, copies, at_ms as "atMs"
     from {s}.servers_log where seq > $1 order by seq limit ${PAGE}`,
    [after],
    signal,
  );
  return { changes: rows.map(changeOfRow), cursor: `${generation}.${rows.at(-1)?.seq ?? after}`, resync: false };
}

/** @internal */
export async function* watchServers(
  context: ServersContext,
  { since, signal = new AbortController().signal }: FollowServersOptions = {},
): AsyncGenerator<ServerChanges> {
  const { clock } = context;
  const feed = context.listener();
  let cursor = since ?? null;
  let sweptMs = Number.NEGATIVE_INFINITY;
  for (;;) {
    // Before the look at the changes: what is written during it is found by the next one.
    const woken = feed.nextWake();
    if (clock.monotonicMs() - sweptMs >= SWEEP_MS) {
      sweptMs = clock.monotonicMs();
      await sweepDue(context, signal);
    }
    for (let isLast = false; !isLast;) {
      const page = await changesSince(context, cursor, signal);
      cursor = page.cursor;
      isLast = page.resync || page.changes.length < PAGE;
      if (page.resync || page.changes.length > 0) yield page;
    }
    await wokenOrLate(woken, { waitMs: feed.isConnected ? SWEEP_MS : UNTOLD_MS, signal });
  }
}

async function sweepDue({ connection, clock, tell }: ServersContext, signal: AbortSignal): Promise<void> {
  const nowMs = clock.now();
  const due = await connection.query(
    `select 1 from {s}.servers_list
     where seen_at_ms > $1 or (not told_silent and seen_at_ms + silent_after_ms < $1) limit 1`,
    [nowMs],
    signal,
  );
  if (due.length === 0) return;
  await connection.queries(async (query) => writeLog(query, await sweep(query, nowMs), nowMs), signal);
  tell();
}
