import type { SqlStatement } from '@modelkeep/sqlite';
import { setImmediate } from 'node:timers/promises';
import { namesOf, pathsOf } from '../content-names.ts';
import { ITEM_STATE, MAX_TOLD_MODELS } from '../item-state.ts';
import type { PlannedItem, SyncPlan } from '../plan-sync.ts';

/** @internal What a sync comes down to, and on what. */
export interface AppliedSync {
  readonly server: number;
  readonly base: number;
  readonly now: number;
  readonly plan: SyncPlan;
}

/** Rows of one statement: their JSON is made without holding up what else the process does. */
const PAGE = 1_000;

/** Nothing is written when the inventory is not the one that the plan was made on. */
const GUARD = '(select version from servers_list where key = :server) = :base';

/** @internal The statements that write a plan. Each does nothing where the version is another one. */
export async function applyStatements(sync: AppliedSync): Promise<SqlStatement[]> {
  const { server, base, now, plan } = sync;
  const statements: SqlStatement[] = [];
  for (const items of inPages(plan.put)) {
    statements.push(...putStatements(sync, items));
    await setImmediate();
  }
  statements.push({
    sql: `update servers_inventory set state = ${ITEM_STATE.gone},
      seen_at_ms = coalesce((select synced_at_ms from servers_list where key = :server), seen_at_ms)
      where server_key = :server and ${GUARD} and content_key in
        (select key from servers_contents where sha256 in (select value from json_each(:gone)))`,
    params: { server, base, gone: JSON.stringify(plan.gone) },
  });
  const told = toldOf(plan);
  statements.push({
    sql: `insert into servers_log (kind, server_id, sha256, copies, at_ms)
      select value ->> 'kind', (select id from servers_list where key = :server), value ->> 'sha256',
        (select count(*) from servers_inventory i join servers_contents c on c.key = i.content_key
          where c.sha256 = value ->> 'sha256' and i.state = ${ITEM_STATE.present}), :now
      from json_each(:told) where ${GUARD}`,
    params: { server, base, now, told: JSON.stringify(told) },
  });
  return statements;
}

function putStatements({ server, base, now }: AppliedSync, items: readonly PlannedItem[]): SqlStatement[] {
  const guarded = { server, base };
  const words = ['name', 'type', 'family', 'base_model', 'precision', 'civitai_version_id'];
  const fill = words.map((word) => {
    // Who told of it first may correct it; the others fill what is missing.
    return `${word} = case when told_by = excluded.told_by
      then coalesce(excluded.${word}, ${word}) else coalesce(${word}, excluded.${word}) end`;
  });
  const list = JSON.stringify(items);
  const names = items.flatMap((item) => namesOf(item).map((name) => ({ ...name, sha256: item.sha256 })));
  const paths = items.flatMap((item) => pathsOf(item).map((path) => ({ ...path, sha256: item.sha256 })));
  return [
    {
      sql: `insert into servers_contents (sha256, size_bytes, name, type, family, base_model, precision, civitai_version_id, told_by)
        select value ->> 'sha256', value ->> 'sizeBytes', value ->> 'name', value ->> 'type', value ->> 'family',
          value ->> 'baseModel', value ->> 'precision', value ->> 'civitaiVersionId', :server
        from json_each(:list) where ${GUARD}
        on conflict (sha256) do update set ${fill.join(', ')}`,
      params: { ...guarded, list },
    },
    {
      sql: `insert into servers_inventory (content_key, server_key, state, digest, seen_at_ms, path)
        select c.key, :server, iif(value ->> 'corrupt', ${ITEM_STATE.corrupt}, ${ITEM_STATE.present}), value ->> 'digest',
          :now, value ->> 'path'
        from json_each(:list) join servers_contents c on c.sha256 = value ->> 'sha256' where ${GUARD}
        on conflict (content_key, server_key) do update set state = excluded.state, digest = excluded.digest,
          seen_at_ms = excluded.seen_at_ms, path = excluded.path`,
      params: { ...guarded, now, list },
    },
    {
      sql: `insert or ignore into servers_names (ref, revision, content_key)
        select value ->> 'ref', value ->> 'revision', c.key
        from json_each(:names) join servers_contents c on c.sha256 = value ->> 'sha256' where ${GUARD}`,
      params: { ...guarded, names: JSON.stringify(names) },
    },
    {
      sql: `insert or ignore into servers_paths (name, path, is_absolute, content_key)
        select value ->> 'name', value ->> 'path', value ->> 'isAbsolute', c.key
        from json_each(:paths) join servers_contents c on c.sha256 = value ->> 'sha256' where ${GUARD}`,
      params: { ...guarded, paths: JSON.stringify(paths) },
    },
  ];
}

function toldOf(plan: SyncPlan): { readonly kind: string; readonly sha256: string | null }[] {
  const { appeared, vanished, corrupt } = plan;
  if (appeared.length + vanished.length + corrupt.length > MAX_TOLD_MODELS)
    return [{ kind: 'inventory', sha256: null }];
  const told = { appeared, vanished, corrupt };
  return Object.entries(told).flatMap(([kind, sha256s]) => sha256s.map((sha256) => ({ kind, sha256 })));
}

function inPages<T>(items: readonly T[]): T[][] {
  const pages: T[][] = [];
  for (let start = 0; start < items.length; start += PAGE) pages.push(items.slice(start, start + PAGE));
  return pages;
}
