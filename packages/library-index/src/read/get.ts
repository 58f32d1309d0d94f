import type { ModelRecord } from '@modelkeep/core';
import type { SqliteCallOptions, SqliteDatabase } from '@modelkeep/sqlite';
import { checkLimit, limitedTo } from '../query/limits.ts';
import { wordsOf } from '../text/words.ts';
import { parseRecords } from './parse-records.ts';

const ID_PREFIX = /^[0-9a-f-]{1,36}$/;
/** So many models that have a name as a part of theirs are looked at, the newest first. */
const MOST_NAMED_LIKE = 1_000;

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

/** @internal Few models have former ids: the others are passed over without being parsed. */
export async function getByFormerId(
  database: SqliteDatabase,
  id: string,
  call?: SqliteCallOptions,
): Promise<ModelRecord | null> {
  const sql = `select record from records where instr(record, '"formerIds":') > 0
and exists (select 1 from json_each(record, '$.formerIds') where value = ?) limit 1`;
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
where id >= :prefix and id < :prefix || 'g' order by id ${limitedTo('limit')}`;
  return parseRecords(await database.all<Row>(sql, { prefix, limit }, options), database.path);
}

interface Named {
  readonly id: string;
  readonly officialName: string;
  readonly cleanedName: string;
  readonly name: string | null;
}

/** @internal Upper and lower case are the same; words that only begin so are not. */
export async function getByName(
  database: SqliteDatabase,
  name: string,
  options: SqliteCallOptions & { readonly limit: number },
): Promise<ModelRecord[]> {
  const limit = checkLimit(options.limit);
  const words = wordsOf(name);
  if (words.length === 0) return [];
  const candidates = `select key from models where joined_name = :joined
union select key from (select rowid as key from name_search where name_search match :phrase order by rowid desc ${limitedTo('most')})`;
  const sql = `select id, record ->> '$.officialName' as officialName, record ->> '$.cleanedName' as cleanedName,
  record ->> '$.name' as name
from (${candidates}) join models using (key) join records using (key) order by id`;
  const phrase = `names : "${words.join(' ')}"`;
  const named = await database.all<Named & Readonly<Record<string, string>>>(
    sql,
    { joined: words.join(''), phrase, most: MOST_NAMED_LIKE },
    options,
  );
  const wanted = sameCase(name);
  const isNamedSo = (model: Named): boolean =>
    [model.officialName, model.cleanedName, model.name].some((one) => one !== null && sameCase(one) === wanted);
  const ids = JSON.stringify(named.filter(isNamedSo).map(({ id }) => id));
  const records = `select record from models join records using (key)
where id in (select value from json_each(:ids)) order by id ${limitedTo('limit')}`;
  return parseRecords(await database.all<Row>(records, { ids, limit }, options), database.path);
}

function sameCase(name: string): string {
  return name.normalize('NFC').toLowerCase();
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
