import type { Holding } from '../content.ts';
import { checkLabels, checkServerId } from '../check-registration.ts';
import { checkSha256 } from '../check-inventory.ts';
import { checkCount, checkOptionalText, refuse } from '../check-text.ts';
import { ITEM_STATE, itemStateOf } from '../item-state.ts';
import {
  hasLabels,
  isoTime,
  noServer,
  serverAt,
  serverColumns,
  serverOfRow,
  type ServerRow,
} from '../server-of-row.ts';
import type { Server } from '../server.ts';
import type { CountedContent, FindContentsOptions, ListServersOptions } from '../servers-port.ts';
import { contentColumns } from './content-columns.ts';
import type { SqliteServersContext } from './sqlite-servers-context.ts';

/** @internal */
export async function listServers(
  { readAllServers, clock }: SqliteServersContext,
  { labels = {}, signal }: ListServersOptions = {},
): Promise<Server[]> {
  const wanted = checkLabels(labels);
  const servers = await readAllServers(signal);
  const now = clock.now();
  return servers.map((server) => serverAt(server, now)).filter((server) => hasLabels(server, wanted));
}

/** @internal @throws `fleet.not-found` */
export async function getServer(
  { database, clock }: SqliteServersContext,
  id: string,
  signal?: AbortSignal,
): Promise<Server> {
  const sql = `select ${serverColumns} from servers_list where id = ?`;
  const row = await database.get<ServerRow>(sql, [checkServerId(id)], { signal });
  if (row === undefined) throw noServer(id);
  return serverOfRow(row, clock.now());
}

/** @internal */
export async function whereIs(
  { database }: SqliteServersContext,
  sha256s: readonly string[],
  signal?: AbortSignal,
): Promise<Holding[]> {
  if (sha256s.length > 1_000) refuse('sha256s', sha256s.length, 'use at most 1,000');
  const sql = `select c.sha256, l.id as serverId, i.state, i.path,
      iif(i.state = ${ITEM_STATE.gone}, i.seen_at_ms, coalesce(l.synced_at_ms, i.seen_at_ms)) as lastSeenAtMs
    from servers_contents c join servers_inventory i on i.content_key = c.key join servers_list l on l.key = i.server_key
    where c.sha256 in (select value from json_each(?)) order by c.sha256, l.id`;
  const hashes = JSON.stringify(sha256s.map((sha256) => checkSha256('sha256s', sha256)));
  type Row = Omit<Holding, 'state' | 'lastSeenAt'> & { readonly state: number; readonly lastSeenAtMs: number };
  const rows = await database.all<Row>(sql, [hashes], { signal });
  return rows.map(({ lastSeenAtMs, state, ...row }) => {
    return { ...row, state: itemStateOf(state), lastSeenAt: isoTime(lastSeenAtMs) };
  });
}

/** @internal */
export async function findContents(
  { database }: SqliteServersContext,
  { type, family, after, limit = 100, signal }: FindContentsOptions = {},
): Promise<readonly CountedContent[]> {
  const most = checkCount('limit', limit, 1);
  if (most > 1_000) refuse('limit', most, 'use at most 1,000');
  const filters = { type: checkOptionalText('type', type, 64), family: checkOptionalText('family', family, 64) };
  const conditions = [
    ...(filters.type === null ? [] : ['c.type = :type']),
    ...(filters.family === null ? [] : ['c.family = :family']),
    ...(after === undefined ? [] : ['c.sha256 > :after']),
  ];
  const sql = `select ${contentColumns}, (select count(*) from servers_inventory i
      where i.content_key = c.key and i.state = ${ITEM_STATE.present}) as copies
    from servers_contents c ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`}
    order by c.sha256 limit :most`;
  const params = {
    ...(filters.type === null ? {} : { type: filters.type }),
    ...(filters.family === null ? {} : { family: filters.family }),
    ...(after === undefined ? {} : { after: checkSha256('after', after) }),
    most,
  };
  return database.all<CountedContent>(sql, params, { signal });
}
