import { checkServerId, checkSha256, GIVE_UP_MS, inventoryDigest, ITEM_STATE, refuse } from '@modelkeep/fleet';
import { lockServer, writeLog, type ServersContext } from './servers-context.ts';

/** The contents that another server has, and may be relied on for. */
const ELSEWHERE = `select distinct i.content_key from {s}.servers_inventory i
  join {s}.servers_list l on l.key = i.server_key
  where i.content_key = any($1) and i.state = ${ITEM_STATE.present} and l.key <> $2
    and (i.given_up_ms is null or $3 - i.given_up_ms > ${GIVE_UP_MS}) and $3 - l.seen_at_ms <= l.silent_after_ms`;

const GIVE_UP = `update {s}.servers_inventory i set state = ${ITEM_STATE.gone}, seen_at_ms = $3, given_up_ms = $3
  from {s}.servers_contents c
  where c.key = i.content_key and i.content_key = any($1) and i.server_key = $2 and i.state <> ${ITEM_STATE.gone}
  returning c.sha256`;

const LEFT = `select count(*)::int as count, mod(coalesce(sum(digest::bigint), 0), 281474976710656)::float8 as sum
  from {s}.servers_inventory where server_key = $1 and state <> ${ITEM_STATE.gone}`;

/** @internal The contents are locked first: of two who give up the last copies the second sees what the first did. */
export async function giveUp(
  { connection, clock, tell }: ServersContext,
  { id, sha256s }: { readonly id: string; readonly sha256s: readonly string[] },
  signal?: AbortSignal,
): Promise<boolean> {
  if (sha256s.length > 1_000) refuse('sha256s', sha256s.length, 'use at most 1,000');
  const wanted = [...new Set(sha256s.map((sha256) => checkSha256('sha256s', sha256)))];
  checkServerId(id);
  const may = await connection.queries(async (query) => {
    const server = await lockServer(query, id);
    const nowMs = clock.now();
    const { rows } = await query<{ key: number }>(
      'select key from {s}.servers_contents where sha256 = any($1) order by sha256 for update',
      [wanted],
    );
    const keys = rows.map(({ key }) => key);
    const elsewhere = await query(ELSEWHERE, [keys, server.key, nowMs]);
    if (elsewhere.count < wanted.length) return false;
    const given = await query<{ sha256: string }>(GIVE_UP, [keys, server.key, nowMs]);
    const left = await query<{ count: number; sum: number }>(LEFT, [server.key]);
    const digest = inventoryDigest(left.rows[0]?.count ?? 0, left.rows[0]?.sum ?? 0);
    await query('update {s}.servers_list set version = version + 1, digest = $2 where key = $1 and digest <> $2', [
      server.key,
      digest,
    ]);
    const entries = given.rows.map(({ sha256 }) => ({ kind: 'vanished', serverId: id, sha256 }));
    await writeLog(query, entries, nowMs);
    return true;
  }, signal);
  if (may) tell();
  return may;
}
