import { registryFieldNames, type RegistryRow } from '@modelkeep/library';
import type { SqliteDatabase } from '@modelkeep/sqlite';

/** @internal Why a table cannot be read, or what it has. */
export type TableShape = { readonly columns: ReadonlySet<string> } | { readonly problem: string };

/**
 * @internal The columns of a table that may come from anybody. A view or a virtual table could do anything when it is read, and
 * a generated column too.
 *
 * @returns null where there is none of this name
 */
export async function tableShape(database: SqliteDatabase, name: string): Promise<TableShape | null> {
  const sql = `select name, type, wr from pragma_table_list where schema = 'main' and lower(name) = :name`;
  const table = await database.get<{ name: string; type: string; wr: number }>(sql, { name });
  if (table === undefined) return null;
  if (table.type !== 'table') return { problem: `${name} is no table but a ${table.type} table or view` };
  if (table.wr !== 0) return { problem: `the rows of ${name} have no numbers` };
  const all = await database.all<{ name: string; hidden: number }>(
    'select name, hidden from pragma_table_xinfo(:name)',
    { name: table.name },
  );
  const columns = new Set(all.filter(({ hidden }) => hidden === 0).map((column) => column.name.toLowerCase()));
  return columns.has('_rowid_') ? { problem: `${name} has a column _rowid_` } : { columns };
}

/** One more than any field may have, so that too much is seen as such. */
const MOST_CHARACTERS = 100_001;

/**
 * @internal An expression for a field whatever it holds: of a long text the beginning, and bytes for what is no value that
 * any field has (blobs, texts with NUL, integers that no number holds).
 */
export function fieldSql(field: string): string {
  return `case typeof("${field}")
    when 'text' then case when instr("${field}", char(0)) > 0 then x'' else substr("${field}", 1, ${MOST_CHARACTERS}) end
    when 'blob' then x''
    when 'integer' then case when "${field}" between -9007199254740991 and 9007199254740991 then "${field}" else x'' end
    else "${field}" end as "${field}"`;
}

/** @internal The fields of {@link RegistryRow} that the table has. */
export function presentFields(columns: ReadonlySet<string>): readonly (keyof RegistryRow)[] {
  return registryFieldNames.filter((field) => columns.has(field));
}
