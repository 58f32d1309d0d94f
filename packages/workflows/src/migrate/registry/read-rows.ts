import { readRegistryRow, type ReadRegistryRow, type RegistryEntry } from '@modelkeep/library';
import type { SqlRow } from '@modelkeep/sqlite';
import type { OpenRegistry } from './open-registry.ts';
import { fieldSql } from './registry-tables.ts';

/** @internal A row that was read, and what it is found by again. */
export interface FoundRow extends ReadRegistryRow {
  /** SQLite's own number of the row, as text. */
  readonly key: string;
}

const PAGE = 500;
const MOST_KEY = 2n ** 63n - 1n;
const MOST_ALIASES = 50_000;

/** @internal All rows of a registry, page by page. @throws `workflows.unreadable-source` */
export async function* readRows(registry: OpenRegistry, signal?: AbortSignal): AsyncGenerator<readonly FoundRow[]> {
  const sql = `select cast(_rowid_ as text) as "key:", ${registry.fields.map((field) => fieldSql(field)).join(', ')}
    from models where _rowid_ >= cast(:from as integer) order by _rowid_ limit ${PAGE}`;
  for (let from = -MOST_KEY - 1n; ;) {
    const page = await registry.read((database) => database.all(sql, { from: String(from) }, { signal }));
    const rows = page.map((row) => foundRow(row));
    if (rows.length > 0) yield rows;
    const last = BigInt(rows.at(-1)?.key ?? MOST_KEY);
    if (rows.length < PAGE || last === MOST_KEY) return;
    from = last + 1n;
  }
}

/** @internal Rows by their keys, with the paths that their models have beside. @throws `workflows.unreadable-source` */
export async function readEntries(
  registry: OpenRegistry,
  keys: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, RegistryEntry>> {
  const sql = `select cast(_rowid_ as text) as "key:", ${registry.fields.map((field) => fieldSql(field)).join(', ')}
    from models where _rowid_ in (select cast(value as integer) from json_each(:keys))`;
  const found = await registry.read((database) => database.all(sql, { keys: JSON.stringify(keys) }, { signal }));
  const rows = found.map((row) => foundRow(row)).flatMap(({ key, row }) => (row === null ? [] : [{ key, row }]));
  const aliases = await aliasesOf(
    registry,
    rows.map(({ row }) => row.id),
    signal,
  );
  return new Map(rows.map(({ key, row }) => [key, { row, aliases: aliases.get(row.id) ?? [] }]));
}

function foundRow({ 'key:': key, ...values }: SqlRow): FoundRow {
  return { key: String(key), ...readRegistryRow(values) };
}

async function aliasesOf(
  registry: OpenRegistry,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, readonly string[]>> {
  if (!registry.hasAliases) return new Map();
  const sql = `select model_id as id, alias_path as path from model_aliases
    where model_id in (select value from json_each(:ids)) and ${usableAlias} order by _rowid_ limit ${MOST_ALIASES}`;
  const rows = await registry.read((database) =>
    database.all<{ id: number; path: string }>(sql, { ids: JSON.stringify(ids) }, { signal }),
  );
  const paths = new Map<number, string[]>();
  for (const { id, path } of rows) {
    const known = paths.get(id) ?? [];
    if (!known.includes(path)) known.push(path);
    paths.set(id, known);
  }
  return paths;
}

const usableAlias = `typeof(model_id) = 'integer' and typeof(alias_path) = 'text'
  and octet_length(alias_path) between 1 and 4096 and instr(alias_path, char(0)) = 0`;

/** @internal How many aliases are none, or of no model. @throws `workflows.unreadable-source` */
export async function countUnusableAliases(registry: OpenRegistry, signal?: AbortSignal): Promise<number> {
  if (!registry.hasAliases) return 0;
  const sql = `select count(*) as count from model_aliases
    where not coalesce(${usableAlias}, 0) or model_id not in (select id from models where id is not null)`;
  const row = await registry.read((database) => database.get<{ count: number }>(sql, {}, { signal }));
  return row?.count ?? 0;
}
