import { checkSha256 } from '../check-inventory.ts';
import { checkServerId } from '../check-registration.ts';
import { refuse } from '../check-text.ts';
import { GIVE_UP_MS, ITEM_STATE } from '../item-state.ts';
import { keyOf, trimLog, type SqliteServersContext } from './sqlite-servers-context.ts';

/** Nothing is written where one of them would be lost. */
const IS_ELSEWHERE = `not exists (select 1 from json_each(:hashes) h where not exists (
  select 1 from servers_contents c join servers_inventory i on i.content_key = c.key
    join servers_list l on l.key = i.server_key
  where c.sha256 = h.value and i.state = ${ITEM_STATE.present} and l.key <> :key
    and (i.given_up_ms is null or :now - i.given_up_ms > ${GIVE_UP_MS})
    and :now - l.seen_at_ms <= l.silent_after_ms))`;

const HELD = `content_key in (select c.key from servers_contents c
  where c.sha256 in (select value from json_each(:hashes)))`;

/** The same as `inventoryDigest` gives. */
const DIGEST = `(select printf('%d-%012x', count(*), coalesce(sum(digest), 0) % 281474976710656) from servers_inventory
  where server_key = :key and state <> ${ITEM_STATE.gone})`;

/** @internal */
export async function giveUp(
  context: SqliteServersContext,
  { id, sha256s }: { readonly id: string; readonly sha256s: readonly string[] },
  signal?: AbortSignal,
): Promise<boolean> {
  if (sha256s.length > 1_000) refuse('sha256s', sha256s.length, 'use at most 1,000');
  const hashes = JSON.stringify(sha256s.map((sha256) => checkSha256('sha256s', sha256)));
  const key = await keyOf(context, checkServerId(id), signal);
  const params = { key, hashes, now: context.clock.now() };
  const results = await context.database.transaction(
    [
      {
        sql: `insert into servers_log (kind, server_id, sha256, copies, at_ms)
          select 'vanished', (select id from servers_list where key = :key), c.sha256,
            (select count(*) from servers_inventory o
              where o.content_key = c.key and o.state = ${ITEM_STATE.present} and o.server_key <> :key), :now
          from servers_inventory i join servers_contents c on c.key = i.content_key
          where i.server_key = :key and i.state <> ${ITEM_STATE.gone} and ${HELD} and ${IS_ELSEWHERE}`,
        params,
      },
      {
        sql: `update servers_inventory set state = ${ITEM_STATE.gone}, seen_at_ms = :now, given_up_ms = :now
          where server_key = :key and state <> ${ITEM_STATE.gone} and ${HELD} and ${IS_ELSEWHERE}`,
        params,
      },
      {
        sql: `update servers_list set version = version + 1, digest = ${DIGEST} where key = :key and digest <> ${DIGEST}`,
        params: { key },
      },
      trimLog,
      { sql: `select ${IS_ELSEWHERE} as may`, params },
    ],
    { signal },
  );
  return results.at(-1)?.rows[0]?.['may'] === 1;
}
