import { checkLoad, checkRegistration, checkServerId } from '../check-registration.ts';
import { emptyInventoryDigest } from '../inventory-digest.ts';
import { noServer } from '../server-of-row.ts';
import type { ServerLoad, ServerRegistration } from '../server.ts';
import { heardStatements, sweepStatements, trimLog, type SqliteServersContext } from './sqlite-servers-context.ts';

/** @internal */
export async function registerServer(
  { database, clock }: SqliteServersContext,
  registration: ServerRegistration,
  signal?: AbortSignal,
): Promise<string> {
  const { labels, capacity, ...plain } = checkRegistration(registration);
  const now = clock.now();
  const params = { ...plain, labels: JSON.stringify(labels), capacity: JSON.stringify(capacity), now };
  const isSame = `name = :name and labels = :labels and capacity = :capacity and endpoint is :endpoint
    and silent_after_ms = :silentAfterMs`;
  await database.transaction(
    [
      ...heardStatements(plain.id, now),
      {
        sql: `insert into servers_log (kind, server_id, at_ms) select 'registered', :id, :now
          where not exists (select 1 from servers_list where id = :id and ${isSame})`,
        params,
      },
      {
        sql: `insert into servers_list (id, name, labels, capacity, endpoint, silent_after_ms, registered_at_ms, seen_at_ms, digest)
          values (:id, :name, :labels, :capacity, :endpoint, :silentAfterMs, :now, :now, :digest)
          on conflict (id) do update set name = excluded.name, labels = excluded.labels, capacity = excluded.capacity,
            endpoint = excluded.endpoint, silent_after_ms = excluded.silent_after_ms`,
        params: { ...params, digest: emptyInventoryDigest },
      },
      ...sweepStatements(now),
      trimLog,
    ],
    { signal },
  );
  return plain.id;
}

/** @internal @throws `fleet.not-found` */
export async function hearServer(
  { database, clock }: SqliteServersContext,
  { id, load = {} }: { readonly id: string; readonly load?: Partial<ServerLoad> | undefined },
  signal?: AbortSignal,
): Promise<void> {
  checkServerId(id);
  const { running, queued } = checkLoad(load);
  const now = clock.now();
  const results = await database.transaction(
    [
      {
        sql: `update servers_list set running = coalesce(:running, running), queued = coalesce(:queued, queued)
          where id = :id`,
        params: { id, running, queued },
      },
      ...heardStatements(id, now),
      ...sweepStatements(now),
      trimLog,
    ],
    { signal },
  );
  if (results[0]?.changes === 0) throw noServer(id);
}

/** @internal */
export async function removeServer(
  { database, clock }: SqliteServersContext,
  id: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const params = { id: checkServerId(id), now: clock.now() };
  const results = await database.transaction(
    [
      {
        sql: `insert into servers_log (kind, server_id, at_ms) select 'removed', id, :now from servers_list where id = :id`,
        params,
      },
      {
        sql: `delete from servers_inventory where server_key = (select key from servers_list where id = :id)`,
        params: { id },
      },
      { sql: 'delete from servers_list where id = :id', params: { id } },
      trimLog,
    ],
    { signal },
  );
  return (results[2]?.changes ?? 0) > 0;
}
