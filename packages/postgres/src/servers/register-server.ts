import {
  checkLoad,
  checkRegistration,
  checkServerId,
  emptyInventoryDigest,
  noServer,
  type ServerLoad,
  type ServerRegistration,
} from '@modelkeep/fleet';
import { hear, sweep, writeLog, type ServersContext } from './servers-context.ts';

/** @internal */
export async function registerServer(
  { connection, clock, tell }: ServersContext,
  registration: ServerRegistration,
  signal?: AbortSignal,
): Promise<string> {
  const { id, name, labels, capacity, endpoint, silentAfterMs } = checkRegistration(registration);
  const nowMs = clock.now();
  const said = [name, JSON.stringify(labels), JSON.stringify(capacity), endpoint, silentAfterMs];
  await connection.queries(async (query) => {
    const written = await query(
      `insert into {s}.servers_list as was
         (id, name, labels, capacity, endpoint, silent_after_ms, registered_at_ms, seen_at_ms, digest)
       values ($1, $2, $3, $4, $5, $6, $7, $7, $8)
       on conflict (id) do update set name = excluded.name, labels = excluded.labels, capacity = excluded.capacity,
         endpoint = excluded.endpoint, silent_after_ms = excluded.silent_after_ms
       where (was.name, was.labels, was.capacity, was.endpoint, was.silent_after_ms)
         is distinct from (excluded.name, excluded.labels, excluded.capacity, excluded.endpoint, excluded.silent_after_ms)`,
      [id, ...said, nowMs, emptyInventoryDigest],
    );
    const back = await hear(query, { id }, nowMs);
    const registered = written.count === 0 ? [] : [{ kind: 'registered', serverId: id, sha256: null }];
    await writeLog(query, [...back, ...registered, ...(await sweep(query, nowMs))], nowMs);
  }, signal);
  tell();
  return id;
}

/** @internal @throws `fleet.not-found` */
export async function hearServer(
  { connection, clock, tell }: ServersContext,
  { id, load = {} }: { readonly id: string; readonly load?: Partial<ServerLoad> | undefined },
  signal?: AbortSignal,
): Promise<void> {
  checkServerId(id);
  const { running, queued } = checkLoad(load);
  const nowMs = clock.now();
  const told = await connection.queries(async (query) => {
    const { count } = await query(
      `update {s}.servers_list set running = coalesce($2, running), queued = coalesce($3, queued) where id = $1`,
      [id, running ?? null, queued ?? null],
    );
    if (count === 0) throw noServer(id);
    const entries = [...(await hear(query, { id }, nowMs)), ...(await sweep(query, nowMs))];
    await writeLog(query, entries, nowMs);
    return entries.length > 0;
  }, signal);
  if (told) tell();
}

/** @internal */
export async function removeServer(
  { connection, clock, tell }: ServersContext,
  id: string,
  signal?: AbortSignal,
): Promise<boolean> {
  checkServerId(id);
  const wasThere = await connection.queries(async (query) => {
    const { rows } = await query<{ key: number }>('delete from {s}.servers_list where id = $1 returning key', [id]);
    const [server] = rows;
    if (server === undefined) return false;
    await query('delete from {s}.servers_inventory where server_key = $1', [server.key]);
    await writeLog(query, [{ kind: 'removed', serverId: id, sha256: null }], clock.now());
    return true;
  }, signal);
  tell();
  return wasThere;
}
