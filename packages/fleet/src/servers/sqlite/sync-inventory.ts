import type { SqliteDatabase } from '@modelkeep/sqlite';
import { checkServerId } from '../check-registration.ts';
import type { InventorySync, SyncReport } from '../inventory.ts';
import { ITEM_STATE } from '../item-state.ts';
import { checkBase, checkSync, planSync, type StoredItem, type SyncPlan } from '../plan-sync.ts';
import { noServer } from '../server-of-row.ts';
import { applyStatements } from './apply-sync.ts';
import { heardStatements, sweepStatements, trimLog, type SqliteServersContext } from './sqlite-servers-context.ts';

interface Known {
  readonly key: number;
  readonly version: number;
  readonly digest: string;
}

/**
 * @internal Compares what is told with what is known, and writes the difference in one transaction that does nothing when
 * somebody else has changed the inventory since it was read.
 */
export async function syncInventory(
  { database, clock }: SqliteServersContext,
  id: string,
  sync: InventorySync,
  signal?: AbortSignal,
): Promise<SyncReport> {
  checkServerId(id);
  const checked = await checkSync(sync, signal);
  for (;;) {
    // The version before the items: whatever is written between the two makes the version wrong.
    const known = await readKnown(database, id, signal);
    const plan = planSync(await readItems(database, known.key, signal), checked);
    checkBase(id, known, checked, plan);
    const isChange = plan.put.length > 0 || plan.gone.length > 0;
    const now = clock.now();
    const results = await database.transaction(
      [
        ...(isChange ? await applyStatements({ server: known.key, base: known.version, now, plan }) : []),
        ...heardStatements(id, now),
        {
          sql: 'update servers_list set synced_at_ms = :now, version = version + :step, digest = :digest where key = :key and version = :version',
          params: { now, step: isChange ? 1 : 0, digest: plan.digest, key: known.key, version: known.version },
        },
        ...sweepStatements(now),
        trimLog,
      ],
      { signal },
    );
    const settled = results.at(-2 - sweepStatements(now).length);
    if ((settled?.changes ?? 0) > 0) return reportOf(known, plan);
  }
}

function reportOf({ version, digest }: Known, plan: SyncPlan): SyncReport {
  const isChange = plan.put.length > 0 || plan.gone.length > 0;
  return {
    inventory: { version: isChange ? version + 1 : version, digest: isChange ? plan.digest : digest },
    changed: isChange,
    items: plan.items,
    appeared: plan.appeared.length,
    updated: plan.put.length - plan.appeared.length,
    vanished: plan.vanished.length,
  };
}

async function readKnown(database: SqliteDatabase, id: string, signal: AbortSignal | undefined): Promise<Known> {
  const sql = 'select key, version, digest from servers_list where id = ?';
  const known = await database.get<Known>(sql, [id], { signal });
  if (known === undefined) throw noServer(id);
  return known;
}

async function readItems(
  database: SqliteDatabase,
  key: number,
  signal: AbortSignal | undefined,
): Promise<Map<string, StoredItem>> {
  const sql = `select c.sha256, i.digest, i.state from servers_inventory i
    join servers_contents c on c.key = i.content_key where i.server_key = ? and i.state > 0`;
  const rows = await database.all<{ sha256: string; digest: number; state: number }>(sql, [key], { signal });
  return new Map(rows.map(({ sha256, digest, state }) => [sha256, { digest, corrupt: state === ITEM_STATE.corrupt }]));
}
