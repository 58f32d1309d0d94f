import { resolve } from 'node:path';
import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import type { Io } from '@modelkeep/io';
import { registryFieldNames, type RegistryRow } from '@modelkeep/library';
import type { Sqlite, SqliteDatabase } from '@modelkeep/sqlite';
import { unreadableSource } from '../unreadable-source.ts';
import { copyDatabase } from './copy-database.ts';
import { presentFields, tableShape } from './registry-tables.ts';

/** @internal What opens a registry. */
export interface OpenRegistryContext {
  readonly sqlite: Sqlite;
  readonly io: Io;
}

/** @internal A registry that can be read. */
export interface OpenRegistry extends AsyncDisposable {
  /** Absolute. */
  readonly path: string;
  /** When it was written last: ISO 8601. */
  readonly writtenAt: string;
  readonly fields: readonly (keyof RegistryRow)[];
  /** Fields that its table does not have. */
  readonly missingFields: readonly (keyof RegistryRow)[];
  readonly hasAliases: boolean;
  readonly hasAvailability: boolean;
  /** Tables that are there and cannot be used, and why. */
  readonly problems: readonly string[];
  /** Reads from it. @throws `workflows.unreadable-source` where the file is damaged */
  read<T>(run: (database: SqliteDatabase) => Promise<T>): Promise<T>;
}

/**
 * @internal Opens a registry to read a copy of it; the file itself and its folder stay as they are.
 *
 * @throws `workflows.unreadable-source`, `io.*`
 */
export async function openRegistry(
  { sqlite, io }: OpenRegistryContext,
  file: string,
  signal?: AbortSignal,
): Promise<OpenRegistry> {
  if (file === '') {
    throw new ModelkeepError('core.invalid-argument', {
      message: 'the path of the registry is empty',
      facts: { argument: 'path', found: file },
    });
  }
  const path = resolve(file);
  await using parts = new AsyncDisposableStack();
  const copy = parts.use(await copyDatabase(io, path, signal));
  const read = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      throw asUnreadable(path, error);
    }
  };
  const database = parts.use(await read(() => sqlite.open({ path: copy.path, readOnly: true, signal })));
  const [models, aliases, availability] = await read(() =>
    Promise.all(['models', 'model_aliases', 'model_server_availability'].map((name) => tableShape(database, name))),
  );
  if (models === null || models === undefined)
    throw unreadableSource(path, { reason: 'there is no table models in it' });
  if ('problem' in models) throw unreadableSource(path, { reason: models.problem });
  for (const column of ['id', 'name']) {
    if (!models.columns.has(column)) throw unreadableSource(path, { reason: `models has no column ${column}` });
  }
  const problems: string[] = [];
  const has = (shape: typeof aliases, { table, columns }: { table: string; columns: readonly string[] }): boolean => {
    if (shape === null || shape === undefined) return false;
    const lacking = 'problem' in shape ? [] : columns.filter((column) => !shape.columns.has(column));
    if ('problem' in shape) problems.push(shape.problem);
    for (const column of lacking) problems.push(`${table} has no column ${column}`);
    return !('problem' in shape) && lacking.length === 0;
  };
  const fields = presentFields(models.columns);
  const opened = {
    path,
    writtenAt: copy.writtenAt,
    fields,
    missingFields: registryFieldNames.filter((field) => !fields.includes(field)),
    hasAliases: has(aliases, { table: 'model_aliases', columns: ['model_id', 'alias_path'] }),
    hasAvailability: has(availability, { table: 'model_server_availability', columns: ['model_id', 'server_id'] }),
    problems,
  };
  const owned = parts.move();
  return {
    ...opened,
    read: (run) => read(() => run(database)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The copy is nobody's concern: what is damaged is the file that it was made of. */
function asUnreadable(path: string, error: unknown): unknown {
  if (isModelkeepError(error, 'sqlite.corrupt'))
    return unreadableSource(path, { reason: 'it is damaged, or no SQLite database', cause: error });
  if (isModelkeepError(error, 'sqlite.failed') || isModelkeepError(error, 'io.read-only'))
    return unreadableSource(path, { reason: 'SQLite cannot read it', cause: error });
  return error;
}
