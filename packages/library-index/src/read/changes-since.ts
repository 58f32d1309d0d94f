import { ModelkeepError } from '@modelkeep/core';
import type { SqliteDatabase } from '@modelkeep/sqlite';
import { checkLimit, limitedTo } from '../query/limits.ts';

/** Something that happened to a model. */
export interface ModelChange {
  readonly modelId: string;
  /** `written`: it is new, or its record changed. */
  readonly kind: 'written' | 'removed';
  /** ISO 8601. */
  readonly at: string;
}

/** What happened after a cursor. */
export interface ChangePage {
  /** The oldest first. A model may be there several times. */
  readonly changes: readonly ModelChange[];
  /** Where to go on. */
  readonly cursor: string;
  /** The cursor is too old, or from another index: read everything, then go on from the new cursor. */
  readonly resync: boolean;
}

/** What goes with a look at the changes. */
export interface ChangesOptions {
  /** From 1 to 1,000. @default 1_000 */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const CURSOR = /^([0-9a-f]{32})\.(\d{1,15})$/;

interface Log {
  readonly generation: string;
  readonly first: number;
  readonly last: number;
}

/** @internal */
export async function changesSince(
  database: SqliteDatabase,
  cursor: string | null,
  options: ChangesOptions = {},
): Promise<ChangePage> {
  const limit = checkLimit(options.limit ?? 1_000);
  const since = cursor === null ? null : readCursor(cursor);
  const log = await readLog(database, options.signal);
  const current = { changes: [], cursor: `${log.generation}.${log.last}`, resync: true };
  if (since === null || since.generation !== log.generation) return current;
  if (since.seq > log.last || since.seq + 1 < log.first) return current;
  if (since.seq === log.last) return { ...current, resync: false };
  const sql = `select seq, model_id as modelId, kind, at from changes where seq > :seq order by seq ${limitedTo('limit')}`;
  const rows = await database.all<ModelChange & { seq: number }>(
    sql,
    { seq: since.seq, limit },
    { signal: options.signal },
  );
  const last = rows.at(-1)?.seq ?? since.seq;
  const changes = rows.map(({ modelId, kind, at }) => ({ modelId, kind, at }));
  return { changes, cursor: `${log.generation}.${last}`, resync: false };
}

/** @internal The number of the last change that was ever noted. */
export async function lastChange(database: SqliteDatabase, signal: AbortSignal | undefined): Promise<number> {
  return (await readLog(database, signal)).last;
}

async function readLog(database: SqliteDatabase, signal: AbortSignal | undefined): Promise<Log> {
  const sql = `select (select value from facts where name = 'generation') as generation,
  coalesce((select seq from sqlite_sequence where name = 'changes'), 0) as last,
  coalesce((select min(seq) from changes), 1) as first`;
  return (await database.get<Log>(sql, [], { signal })) ?? { generation: '', first: 1, last: 0 };
}

function readCursor(cursor: string): { generation: string; seq: number } {
  const [, generation, seq] = CURSOR.exec(cursor) ?? [];
  if (generation !== undefined && seq !== undefined) return { generation, seq: Number(seq) };
  throw new ModelkeepError('core.invalid-argument', {
    message: 'this is no cursor of the change log',
    facts: { argument: 'cursor', found: cursor },
    hint: 'pass null to start, then the cursor of the page before',
  });
}
