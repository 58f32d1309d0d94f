import { registryFieldNames, type RegistryRow } from '@modelkeep/library';
import { openSqlite, type SqlRow } from '@modelkeep/sqlite';
import { registrySchema } from './registry-schema.ts';

/** What a registry is made of. */
export interface RegistryContent {
  readonly models?: readonly Partial<Record<keyof RegistryRow, string | number | bigint | Uint8Array | null>>[];
  readonly aliases?: readonly { readonly id: number; readonly path: string }[];
  readonly schema?: readonly string[];
  readonly sql?: readonly string[];
}

/** Writes a registry as its tool does. */
export async function writeRegistry(path: string, content: RegistryContent): Promise<string> {
  await using database = await openSqlite({ path, journal: 'rollback' });
  await database.transaction((content.schema ?? registrySchema).map((sql) => ({ sql })));
  await addToRegistry(path, content);
  return path;
}

/** Adds to one. */
export async function addToRegistry(
  path: string,
  { models = [], aliases = [], sql = [] }: RegistryContent,
): Promise<void> {
  await using database = await openSqlite({ path, journal: 'rollback' });
  await database.transaction([
    ...models.map((row) => ({
      sql: `insert into models (${Object.keys(row).join(', ')}) values (${Object.keys(row)
        .map((name) => `:${name}`)
        .join(', ')})`,
      params: row,
    })),
    ...aliases.map((params) => ({
      sql: 'insert into model_aliases (model_id, alias_path) values (:id, :path)',
      params,
    })),
    ...sql.map((one) => ({ sql: one })),
  ]);
}

/** The rows of a registry. */
export async function rowsOf(path: string): Promise<{ models: readonly SqlRow[]; aliases: readonly SqlRow[] }> {
  await using database = await openSqlite({ path, readOnly: true });
  return {
    models: await database.all(`select ${registryFieldNames.join(', ')} from models order by id`),
    aliases: await database.all('select model_id as id, alias_path as path from model_aliases order by id'),
  };
}
