import { setImmediate } from 'node:timers/promises';
import { ITEM_STATE, namesOf, pathsOf, type PlannedItem } from '@modelkeep/fleet';
import type { Query } from '../connection/postgres-connection.ts';
import { hashOf } from './hash-of.ts';

/** Rows of one statement: their JSON is made without holding up what else the process does. */
const PAGE = 1_000;

const WORDS = ['name', 'type', 'family', 'base_model', 'precision', 'civitai_version_id'];

/** Who told of a content first may correct it; the others fill what is missing. */
const FILL = WORDS.map(
  (word) => `${word} = case when was.told_by = excluded.told_by
    then coalesce(excluded.${word}, was.${word}) else coalesce(was.${word}, excluded.${word}) end`,
).join(', ');

const PUT_CONTENTS = `insert into {s}.servers_contents as was
    (sha256, size_bytes, name, type, family, base_model, precision, civitai_version_id, told_by)
  select sha256, "sizeBytes", name, type, family, "baseModel", precision, "civitaiVersionId", $1
  from json_to_recordset($2::json) as item (sha256 text, "sizeBytes" float8, name text, type text, family text,
    "baseModel" text, precision text, "civitaiVersionId" float8)
  on conflict (sha256) do update set ${FILL}
  returning sha256, key`;

const PUT_INVENTORY = `insert into {s}.servers_inventory (content_key, server_key, state, digest, seen_at_ms, path)
  select "key", $1, case when corrupt then ${ITEM_STATE.corrupt} else ${ITEM_STATE.present} end, digest, $2, path
  from json_to_recordset($3::json) as item ("key" int, corrupt bool, digest float8, path text)
  on conflict (content_key, server_key) do update set state = excluded.state, digest = excluded.digest,
    seen_at_ms = excluded.seen_at_ms, path = excluded.path`;

const PUT_NAMES = `insert into {s}.servers_names (hash, content_key)
  select hash, "key" from json_to_recordset($1::json) as item (hash text, "key" int) on conflict do nothing`;

const PUT_PATHS = `insert into {s}.servers_paths (name_hash, path_hash, is_absolute, content_key, path)
  select "nameHash", "pathHash", "isAbsolute", "key", path
  from json_to_recordset($1::json) as item ("nameHash" text, "pathHash" text, "isAbsolute" bool, "key" int, path text)
  on conflict do nothing`;

/** @internal */
export interface PutItems {
  readonly server: number;
  readonly nowMs: number;
  readonly items: readonly PlannedItem[];
}

/** @internal Writes items of a server: by hash, so that servers that tell of the same ones wait for each other in turn. */
export async function putItems(query: Query, { server, nowMs, items }: PutItems): Promise<void> {
  const sorted = items.toSorted((one, other) => (one.sha256 < other.sha256 ? -1 : 1));
  for (let start = 0; start < sorted.length; start += PAGE) {
    const page = sorted.slice(start, start + PAGE);
    const rows = page.map((item) => ({ ...item, sources: undefined, aliases: undefined }));
    const written = await query<{ sha256: string; key: number }>(PUT_CONTENTS, [server, JSON.stringify(rows)]);
    const keys = new Map(written.rows.map(({ sha256, key }) => [sha256, key]));
    const keyOf = (item: PlannedItem): number | undefined => keys.get(item.sha256);
    const inventory = page.map((item) => {
      return { key: keyOf(item), corrupt: item.corrupt, digest: item.digest, path: item.path };
    });
    await query(PUT_INVENTORY, [server, nowMs, JSON.stringify(inventory)]);
    const names = page.flatMap((item) =>
      namesOf(item).map(({ ref, revision }) => ({ key: keyOf(item), hash: hashOf(ref, revision) })),
    );
    if (names.length > 0) await query(PUT_NAMES, [JSON.stringify(names)]);
    const paths = page.flatMap((item) =>
      pathsOf(item).map(({ name, path, isAbsolute }) => {
        return { key: keyOf(item), nameHash: hashOf(name), pathHash: hashOf(path), isAbsolute, path };
      }),
    );
    await query(PUT_PATHS, [JSON.stringify(paths)]);
    await setImmediate();
  }
}
