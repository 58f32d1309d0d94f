import {
  checkBase,
  checkServerId,
  checkSync,
  ITEM_STATE,
  MAX_TOLD_MODELS,
  planSync,
  type InventorySync,
  type StoredItem,
  type SyncPlan,
  type SyncReport,
} from '@modelkeep/fleet';
import type { Query } from '../connection/postgres-connection.ts';
import { putItems } from './put-items.ts';
import { hear, lockServer, sweep, writeLog, type LogEntry, type ServersContext } from './servers-context.ts';

/** @internal Compares what is told with what is known, and writes the difference, under the lock of the server's row. */
export async function syncInventory(
  { connection, clock, tell }: ServersContext,
  id: string,
  sync: InventorySync,
  signal?: AbortSignal,
): Promise<SyncReport> {
  checkServerId(id);
  const checked = await checkSync(sync, signal);
  const report = await connection.queries(async (query) => {
    const known = await lockServer(query, id);
    const plan = planSync(await readItems(query, known.key), checked);
    checkBase(id, known, checked, plan);
    const isChange = plan.put.length > 0 || plan.gone.length > 0;
    const nowMs = clock.now();
    if (isChange) await putItems(query, { server: known.key, nowMs, items: plan.put });
    if (plan.gone.length > 0) {
      await query(
        `update {s}.servers_inventory set state = ${ITEM_STATE.gone}, seen_at_ms = coalesce($3, seen_at_ms)
         where server_key = $1 and content_key in (select key from {s}.servers_contents where sha256 = any($2))`,
        [known.key, plan.gone, known.syncedAtMs],
      );
    }
    const back = await hear(query, { id }, nowMs);
    await query(`update {s}.servers_list set synced_at_ms = $2 where key = $1`, [known.key, nowMs]);
    const version = isChange ? known.version + 1 : known.version;
    const digest = isChange ? plan.digest : known.digest;
    if (isChange) {
      await query('update {s}.servers_list set version = $2, digest = $3 where key = $1', [known.key, version, digest]);
    }
    const told = isChange ? toldOf(id, plan) : [];
    await writeLog(query, [...told, ...back, ...(await sweep(query, nowMs))], nowMs);
    return {
      inventory: { version, digest },
      changed: isChange,
      items: plan.items,
      appeared: plan.appeared.length,
      updated: plan.put.length - plan.appeared.length,
      vanished: plan.vanished.length,
    };
  }, signal);
  tell();
  return report;
}

async function readItems(query: Query, server: number): Promise<Map<string, StoredItem>> {
  const { rows } = await query<{ sha256: string; digest: number; state: number }>(
    `select c.sha256, i.digest, i.state from {s}.servers_inventory i
     join {s}.servers_contents c on c.key = i.content_key where i.server_key = $1 and i.state > 0`,
    [server],
  );
  return new Map(rows.map(({ sha256, digest, state }) => [sha256, { digest, corrupt: state === ITEM_STATE.corrupt }]));
}

function toldOf(serverId: string, { appeared, vanished, corrupt }: SyncPlan): LogEntry[] {
  if (appeared.length + vanished.length + corrupt.length > MAX_TOLD_MODELS) {
    return [{ kind: 'inventory', serverId, sha256: null }];
  }
  const told = { appeared, vanished, corrupt };
  return Object.entries(told).flatMap(([kind, sha256s]) => sha256s.map((sha256) => ({ kind, serverId, sha256 })));
}
