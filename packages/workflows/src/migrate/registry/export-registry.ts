import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ModelMetadata } from '@modelkeep/core';
import { registryEntries, registryFieldNames, type LibraryStore, type RegistryEntry } from '@modelkeep/library';
import type { SqliteDatabase, SqlStatement } from '@modelkeep/sqlite';
import { refuseExisting } from '../refuse-existing.ts';
import type { MigrateRegistryContext } from './migrate-registry.ts';
import { registrySchema } from './registry-schema.ts';

/** A registry that was written. Plain data. */
export interface RegistryExport {
  /** Absolute. */
  readonly path: string;
  readonly rows: number;
  readonly aliases: number;
  /** Models whose metadata cannot be read, and which are not in it. */
  readonly problems: readonly { readonly slug: string; readonly reason: string }[];
}

const ROWS_AT_ONCE = 500;

/**
 * @internal Writes the models of a library as a registry: the rows that came from one as they were, with what is known since
 * where they held nothing, and a row for each other model. The file is there when it is whole.
 *
 * @throws `io.exists`, `io.*`
 */
export async function exportRegistry(
  { store, sqlite, io }: MigrateRegistryContext,
  wanted: string,
  signal?: AbortSignal,
): Promise<RegistryExport> {
  const path = resolve(wanted);
  await refuseExisting(io.fileSystem, path);
  const temporary = join(dirname(path), `.${randomBytes(8).toString('hex')}.tmp`);
  try {
    const database = await sqlite.open({ path: temporary, journal: 'rollback', synchronous: 'full', signal });
    let written: Omit<RegistryExport, 'path'>;
    try {
      await database.transaction(registrySchema.map((sql) => ({ sql })));
      written = await writeModels(store, database, signal);
    } finally {
      await database.close();
    }
    await refuseExisting(io.fileSystem, path);
    await io.fileSystem.rename(temporary, path);
    await io.fileSystem.fsyncFolder(dirname(path));
    return { path, ...written };
  } catch (error) {
    // The failure is the news, not that the rest could not be removed.
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

async function writeModels(
  store: LibraryStore,
  database: SqliteDatabase,
  signal?: AbortSignal,
): Promise<Omit<RegistryExport, 'path'>> {
  const problems: { slug: string; reason: string }[] = [];
  const used = new Set<number>();
  const unnumbered: RegistryEntry[] = [];
  let batch: RegistryEntry[] = [];
  const count = { rows: 0, aliases: 0 };
  const flush = async (): Promise<void> => {
    count.rows += batch.length;
    count.aliases += batch.reduce((sum, { aliases }) => sum + aliases.length, 0);
    if (batch.length > 0) await database.transaction(batch.flatMap((entry) => insertsOf(entry)));
    batch = [];
  };
  for await (const line of store.exportMetadata({ signal })) {
    if ('problem' in line) problems.push(line.problem);
    if (!('metadata' in line)) continue;
    for (const entry of registryEntries(line.metadata, { path: weightsPath(store, line.metadata) })) {
      const { id } = entry.row;
      if (id === 0 || used.has(id)) unnumbered.push(entry);
      else batch.push(entry);
      used.add(id);
    }
    if (batch.length >= ROWS_AT_ONCE) await flush();
  }
  await flush();
  let next = 0;
  for (const id of used) next = Math.max(next, id);
  for (const { row, aliases } of unnumbered) {
    next += 1;
    batch.push({ row: { ...row, id: next }, aliases });
    if (batch.length >= ROWS_AT_ONCE) await flush();
  }
  await flush();
  return { ...count, problems };
}

function weightsPath(store: LibraryStore, metadata: ModelMetadata): string {
  const weights = metadata.files.find(({ role }) => role === 'weights');
  const folder = store.folderOf(metadata);
  return weights === undefined ? folder : join(folder, weights.at ?? weights.name);
}

const insertModel = `insert into models (${registryFieldNames.join(', ')})
  values (${registryFieldNames.map((name) => `:${name}`).join(', ')})`;

function insertsOf({ row, aliases }: RegistryEntry): SqlStatement[] {
  const addAlias = 'insert into model_aliases (model_id, alias_path) values (:id, :path)';
  return [
    { sql: insertModel, params: { ...row } },
    ...aliases.map((path) => ({ sql: addAlias, params: { id: row.id, path } })),
  ];
}
