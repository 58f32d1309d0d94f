import { ModelkeepError } from '@modelkeep/core';

/** `<database>/<snapshot>`: which transactions were seen when the page was read. */
const CURSOR = /^([0-9a-f-]{36})\/(\d{1,19}:\d{1,19}:[\d,]*)$/;

/** @internal What each row of such a page begins with. */
export interface PageFacts {
  readonly database: string;
  readonly snapshot: string;
  /** The cursor is of another server, or too old. */
  readonly stale: boolean;
}

/**
 * @internal Asks for the rows of a table with an `xid` that the snapshot `$1` (of the database `$2`) did not see, whatever was
 * committed in which order: numbers of a sequence are not committed in their order, and the oldest running transaction may be
 * somebody else's, and run for hours. A snapshot from the future is that of another server; rows that were cleaned up (`horizon`
 * names the setting that says which) may be told no more.
 */
export function unseenSql({
  table,
  columns,
  where,
  horizon,
}: {
  readonly table: string;
  /** One of them is `seq`. */
  readonly columns: readonly string[];
  readonly where: string;
  readonly horizon: string;
}): string {
  return `
  with now as materialized (select pg_current_snapshot() as snapshot),
  facts as materialized (
    select now.snapshot, database.value as database,
      pg_snapshot_xmax(now.snapshot) < pg_snapshot_xmax($1::pg_snapshot) or database.value <> $2
        or coalesce(not pg_visible_in_snapshot(horizon.value::xid8, $1::pg_snapshot), false) as stale
    from now
    join {s}.settings database on database.name = 'database'
    left join {s}.settings horizon on horizon.name = '${horizon}'
  )
  select facts.database, facts.snapshot::text, facts.stale, row.*
  from facts left join lateral (
    select ${columns.join(', ')} from {s}.${table}
    where not facts.stale and xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(xid, $1::pg_snapshot)
      and xid < pg_snapshot_xmax(facts.snapshot) and ${where}
  ) row on true
  order by row.seq`;
}

/** @internal The values `$1` and `$2`. Null: from now on. @throws `core.invalid-argument` for a text that is none */
export function seenBy(cursor: string | null, argument: string): readonly [snapshot: string, database: string] {
  if (cursor === null) return ['1:1:', ''];
  const [, database = '', snapshot = ''] = CURSOR.exec(cursor) ?? [];
  // A snapshot that ends before it begins is refused by the server.
  const [xmin = '0', xmax = '0', running = ''] = snapshot.split(':');
  const ids = running === '' ? [] : running.split(',').map(numberOf);
  const isRising = ids.every(
    (id, place) =>
      id !== null && id >= BigInt(xmin) && id < BigInt(xmax) && (place === 0 || id > (ids[place - 1] ?? 0n)),
  );
  if (BigInt(xmin) > 0n && BigInt(xmax) >= BigInt(xmin) && isRising) return [snapshot, database];
  throw new ModelkeepError('core.invalid-argument', {
    message: 'this is no cursor of changes',
    facts: { argument, found: cursor.slice(0, 80) },
    hint: 'give the cursor of a page, or none',
  });
}

/** @internal What the first row says of a page; there always is one. */
export function factsOf([first]: readonly PageFacts[]): { readonly cursor: string; readonly resync: boolean } {
  if (first === undefined) {
    throw new ModelkeepError('postgres.corrupt-row', {
      message: 'the settings of the schema are gone',
      facts: { table: 'settings', key: 'database', reason: 'missing' },
      hint: 'restore the table from a backup',
    });
  }
  return { cursor: `${first.database}/${first.snapshot}`, resync: first.stale };
}

function numberOf(digits: string): bigint | null {
  return /^\d+$/.test(digits) ? BigInt(digits) : null;
}
