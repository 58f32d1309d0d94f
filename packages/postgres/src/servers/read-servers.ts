import {
  checkCount,
  checkLabels,
  checkOptionalText,
  checkServerId,
  checkSha256,
  contentColumns,
  hasLabels,
  isoTime,
  ITEM_STATE,
  itemStateOf,
  noServer,
  refuse,
  serverColumns,
  serverOfRow,
  type CountedContent,
  type FindContentsOptions,
  type Holding,
  type ListServersOptions,
  type Server,
  type ServerRow,
} from '@modelkeep/fleet';
import type { ServersContext } from './servers-context.ts';

/** @internal */
export async function listServers(
  { connection, clock }: ServersContext,
  { labels = {}, signal }: ListServersOptions = {},
): Promise<Server[]> {
  const wanted = checkLabels(labels);
  const rows = await connection.query<ServerRow & object>(
    `select ${serverColumns} from {s}.servers_list order by id`,
    [],
    signal,
  );
  const nowMs = clock.now();
  return rows.map((row) => serverOfRow(row, nowMs)).filter((server) => hasLabels(server, wanted));
}

/** @internal @throws `fleet.not-found` */
export async function getServer(
  { connection, clock }: ServersContext,
  id: string,
  signal?: AbortSignal,
): Promise<Server> {
  const sql = `select ${serverColumns} from {s}.servers_list where id = $1`;
  const [row] = await connection.query<ServerRow & object>(sql, [checkServerId(id)], signal);
  if (row === undefined) throw noServer(id);
  return serverOfRow(row, clock.now());
}

/** @internal */
export async function whereIs(
  { connection }: ServersContext,
  sha256s: readonly string[],
  signal?: AbortSignal,
): Promise<Holding[]> {
  if (sha256s.length > 1_000) refuse('sha256s', sha256s.length, 'use at most 1,000');
  const hashes = sha256s.map((sha256) => checkSha256('sha256s', sha256));
  const sql = `select c.sha256, l.id as "serverId", i.state, i.path,
      case when i.state = ${ITEM_STATE.gone} then i.seen_at_ms else coalesce(l.synced_at_ms, i.seen_at_ms) end as "lastSeenAtMs"
    from {s}.servers_contents c join {s}.servers_inventory i on i.content_key = c.key
    join {s}.servers_list l on l.key = i.server_key
    where c.sha256 = any($1) order by c.sha256, l.id`;
  type Row = Omit<Holding, 'state' | 'lastSeenAt'> & { readonly state: number; readonly lastSeenAtMs: number };
  const rows = await connection.query<Row & object>(sql, [hashes], signal);
  return rows.map(({ lastSeenAtMs, state, ...row }) => {
    return { ...row, state: itemStateOf(state), lastSeenAt: isoTime(lastSeenAtMs) };
  });
}

/** @internal */
export async function findContents(
  { connection }: ServersContext,
  { type, family, after, limit = 100, signal }: FindContentsOptions = {},
): Promise<readonly CountedContent[]> {
  const most = checkCount('limit', limit, 1);
  if (most > 1_000) refuse('limit', most, 'use at most 1,000');
  const sql = `select ${contentColumns}, (select count(*)::int from {s}.servers_inventory i
      where i.content_key = c.key and i.state = ${ITEM_STATE.present}) as copies
    from {s}.servers_contents c
    where ($1::text is null or c.type = $1) and ($2::text is null or c.family = $2) and c.sha256 > $3
    order by c.sha256 limit $4`;
  const values = [
    checkOptionalText('type', type, 64),
    checkOptionalText('family', family, 64),
    after === undefined ? '' : checkSha256('after', after),
    most,
  ];
  return connection.query<CountedContent & object>(sql, values, signal);
}
