import type { SqlRow } from '@modelkeep/sqlite';
import type { DeclaredModel, DeclaredModels } from '../ports/declared-models.ts';
import { checkDeclarations, readDeclaration } from '../rules/check-declaration.ts';
import { invalid } from '../rules/check-text.ts';
import { NEXT_VERSION } from './change-statements.ts';
import { deleteEntry, versionMatches, writeEntry } from './entry-write.ts';
import { amongst, listOf } from './sql-list.ts';
import type { TableContext } from './table-context.ts';
import { allTogether } from './write-together.ts';

const TABLE = { topic: 'declared', table: 'fleet_declared', column: 'key' } as const;
const WRITE = `insert into fleet_declared (key, declaration, version, updated_at)
  select :key, :declaration, ${NEXT_VERSION}, :now where ${versionMatches(TABLE.table, 'key')}
  on conflict (key) do update set declaration = excluded.declaration, version = excluded.version,
  updated_at = excluded.updated_at where declaration is not excluded.declaration`;

/** @internal */
export function sqliteDeclared({ file, now }: TableContext): DeclaredModels {
  return {
    async declare(models, call) {
      if (call?.ifVersion !== undefined && models.length > 1) {
        throw invalid('a version belongs to one model', 'ifVersion', call.ifVersion);
      }
      const units = [...checkDeclarations(models)].map(([key, declaration]) =>
        writeEntry({
          ...TABLE,
          key,
          sql: WRITE,
          params: { declaration: JSON.stringify(declaration), now: now() },
          ifVersion: call?.ifVersion,
          toEntry: (row) => toModel(row),
        }),
      );
      const written = await file.write(allTogether(units), call);
      return written.filter((model) => model !== null);
    },
    async get(key, call) {
      const row = await file.get<SqlRow>('select * from fleet_declared where key = :key', { key }, call);
      return row === undefined ? null : toModel(row);
    },
    async list({ keys, ...call } = {}) {
      const sql = `select * from fleet_declared where ${amongst('key', 'keys')} order by key`;
      const rows = await file.all<SqlRow>(sql, { keys: listOf(keys) }, call);
      return rows.map((row) => toModel(row)).filter((model) => model !== null);
    },
    async delete(keys, call) {
      const units = [...new Set(keys)].map((key) => deleteEntry({ ...TABLE, key, ifVersion: undefined }));
      const gone = await file.write(allTogether(units), call);
      return gone.filter(Boolean).length;
    },
  };
}

/** Null for what this package has not written: it is as good as not declared. */
function toModel(row: SqlRow): DeclaredModel | null {
  const key = String(row['key']);
  const declaration = readDeclaration(key, row['declaration']);
  if (declaration === null) return null;
  return { key, ...declaration, version: Number(row['version']), updatedAt: String(row['updated_at']) };
}
