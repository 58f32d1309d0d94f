import type { ModelRecord } from '@modelkeep/core';
import type { SqliteCallOptions, SqliteDatabase } from '@modelkeep/sqlite';
import { checkLimit } from '../query/limits.ts';
import { parseRecords } from './parse-records.ts';

const ID_PREFIX = /^[0-9a-f-]{1,36}$/;

interface Row {
  readonly record: string;
}

/** @internal */
export async function getById(
  database: SqliteDatabase,
  id: string,
  call?: SqliteCallOptions,
): Promise<ModelRecord | null> {
  const sql = 'select record from models join records using (key) where id = ?';
  return (await parseRecords(await database.all<Row>(sql, [id], call), database.path))[0] ?? null;
}

/** @internal Two models may have one slug for a while, when a folder was taken over: the one that was written last. */
export async function getBySlug(
  database: SqliteDatabase,
  slug: string,
  call?: SqliteCallOptions,
): Promise<ModelRecord | null> {
  const sql = `select record from models join records using (key) where slug = ? order by updated_ms desc, id desc limit 1`;
  return (await parseRecords(await database.all<Row>(sql, [slug], call), database.path))[0] ?? null;
}

/** @internal What is no beginning of an id belongs to no model. */
export async function getByIdPrefix(
  database: SqliteDatabase,
  prefix: string,
  options: SqliteCallOptions & { readonly limit: number },
): Promise<ModelRecord[]> {
  const limit = checkLimit(options.limit);
  if (!ID_PREFIX.test(prefix)) return [];
  const sql = `select record from models join records using (key)
where id >= :prefix and id < :prefix || 'g' order by id limit :limit`;
  return parseRecords(await database.all<Row>(sql, { prefix, limit }, options), database.path);
}

/** @internal The revisions of those models that are there. */
export async function getRevisions(
  database: SqliteDatabase,
  ids: readonly string[],
  call?: SqliteCallOptions,
): Promise<ReadonlyMap<string, number>> {
  const sql = 'select id, revision from models where id in (select value from json_each(?))';
  const rows = await database.all<{ id: string; revision: number }>(sql, [JSON.stringify(ids)], call);
  return new Map(rows.map(({ id, revision }) => [id, revision]));
}
