import { ModelkeepError } from '@modelkeep/core';
import { stateTopics, type StateChangePage, type StateChangesOptions, type StateTopic } from '@modelkeep/fleet';
import type { PostgresConnection } from '../connection/postgres-connection.ts';

/** `<database>/<snapshot>`: which transactions were seen when the page was read. */
const CURSOR = /^([0-9a-f-]{36})\/(\d{1,19}:\d{1,19}:[\d,]*)$/;

interface PageRow {
  readonly database: string;
  readonly snapshot: string;
  readonly stale: boolean;
  readonly topic: StateTopic | null;
  readonly library_id: string;
  readonly key: string;
}

/**
 * What the cursor's snapshot did not see, whatever was committed in which order: numbers of a sequence are not committed in
 * their order, and the oldest running transaction may be somebody else's, and run for hours. A snapshot from the future is
 * that of another server; marks that were cleaned up may be told no more.
 */
const PAGE = `
  with now as materialized (select pg_current_snapshot() as snapshot),
  facts as materialized (
    select now.snapshot, database.value as database,
      pg_snapshot_xmax(now.snapshot) < pg_snapshot_xmax($1::pg_snapshot) or database.value <> $2
        or coalesce(not pg_visible_in_snapshot(horizon.value::xid8, $1::pg_snapshot), false) as stale
    from now
    join {s}.settings database on database.name = 'database'
    left join {s}.settings horizon on horizon.name = 'horizon'
  )
  select facts.database, facts.snapshot::text, facts.stale, m.topic, m.library_id, m.key
  from facts left join lateral (
    select topic, library_id, key, seq from {s}.marks
    where not facts.stale and xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(xid, $1::pg_snapshot)
      and xid < pg_snapshot_xmax(facts.snapshot)
      and topic = any($3) and ($4::text is null or library_id in ('', $4))
  ) m on true
  order by m.seq`;

/** @internal Which changes are asked for. */
export interface PageOptions extends Omit<StateChangesOptions, 'since'> {
  /** Null: from now on. */
  readonly cursor: string | null;
  readonly libraryId: string;
}

/** @internal What happened after a cursor. @throws `core.invalid-argument` for a text that is none */
export async function readPage(connection: PostgresConnection, options: PageOptions): Promise<StateChangePage> {
  const { cursor, libraryId, libraries = 'own', topics = stateTopics, signal } = options;
  const [, database = '', snapshot = '1:1:'] = cursor === null ? [] : partsOf(cursor);
  const values = [snapshot, database, topics, libraries === 'all' ? null : libraryId];
  const rows = await connection.query<PageRow>(PAGE, values, signal);
  const [first] = rows;
  if (first === undefined) throw corrupt();
  const changes = rows.flatMap(({ topic, key, library_id: library }) =>
    topic === null ? [] : [{ topic, key, libraryId: library === '' ? null : library }],
  );
  return { changes, cursor: `${first.database}/${first.snapshot}`, resync: first.stale };
}

function partsOf(cursor: string): RegExpExecArray {
  const parts = CURSOR.exec(cursor);
  // A snapshot that ends before it begins is refused by the server.
  const [xmin = '0', xmax = '0', running = ''] = parts?.[2]?.split(':') ?? [];
  const ids = running === '' ? [] : running.split(',').map(numberOf);
  const isRising = ids.every(
    (id, place) =>
      id !== null && id >= BigInt(xmin) && id < BigInt(xmax) && (place === 0 || id > (ids[place - 1] ?? 0n)),
  );
  if (parts !== null && BigInt(xmin) > 0n && BigInt(xmax) >= BigInt(xmin) && isRising) return parts;
  throw new ModelkeepError('core.invalid-argument', {
    message: 'this is no cursor of changes',
    facts: { argument: 'since', found: cursor.slice(0, 80) },
    hint: 'give the cursor of a page, or none',
  });
}

function numberOf(digits: string): bigint | null {
  return /^\d+$/.test(digits) ? BigInt(digits) : null;
}

function corrupt(): ModelkeepError {
  return new ModelkeepError('postgres.corrupt-row', {
    message: 'the settings of the schema are gone',
    facts: { table: 'settings', key: 'database', reason: 'missing' },
    hint: 'restore the table from a backup',
  });
}
