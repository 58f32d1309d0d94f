import type { StateCall } from '../ports/state-call.ts';
import { stateTopics, type StateChange, type StateChangePage } from '../ports/state-changes.ts';
import { invalid } from '../rules/check-text.ts';
import type { TableContext } from './table-context.ts';

const CURSOR = /^([0-9a-f]{32})\.(\d{1,15})$/;
const MOST_CHANGES = 1_000;
const SHARED: readonly string[] = ['declared', 'tokens'];

interface Row {
  readonly generation: string;
  readonly forgotten: number;
  readonly last: number;
  /** Null where there is no change. */
  readonly seq: number | null;
  readonly topic: string | null;
  readonly key: string | null;
}

/** One statement, so that nothing is forgotten between a look at the log's ends and one at what is in it. */
const SINCE = `select log.*, seq, topic, key from (
    select (select value from fleet_facts where name = 'generation') as generation,
    (select cast(value as integer) from fleet_facts where name = 'forgotten') as forgotten,
    coalesce((select seq from sqlite_sequence where name = 'fleet_changes'), 0) as last
  ) as log left join fleet_changes on seq > :seq order by seq limit ${MOST_CHANGES}`;

/** @internal What happened after a cursor: at most 1,000 changes of any topic. */
export async function changesSince(
  { file, libraryId }: TableContext,
  cursor: string | null,
  call: StateCall,
): Promise<StateChangePage> {
  const since = cursor === null ? null : readCursor(cursor);
  const rows = await file.all<Row>(SINCE, { seq: since?.seq ?? Number.MAX_SAFE_INTEGER }, call);
  const { generation = '', forgotten = 0, last = 0 } = rows[0] ?? {};
  const isKnown = since?.generation === generation && since.seq >= forgotten && since.seq <= last;
  if (since === null || !isKnown) return { changes: [], cursor: `${generation}.${last}`, resync: true };
  const changes = rows.flatMap(({ topic, key }): StateChange[] => {
    const known = stateTopics.find((one) => one === topic);
    if (known === undefined || key === null) return [];
    return [{ topic: known, key, libraryId: SHARED.includes(known) ? null : libraryId }];
  });
  return { changes, cursor: `${generation}.${rows.at(-1)?.seq ?? last}`, resync: false };
}

function readCursor(cursor: string): { generation: string; seq: number } {
  const [, generation, seq] = CURSOR.exec(cursor) ?? [];
  if (generation !== undefined && seq !== undefined) return { generation, seq: Number(seq) };
  throw invalid('this is no cursor of the change feed', 'since', cursor);
}
