import type { SqlStatement } from '@modelkeep/sqlite';
import type { WriteUnit } from './write-queue.ts';

/** @internal How many entries the change feed remembers. */
export const MOST_CHANGES_KEPT = 50_000;

const OLDEST_TO_FORGET = 'select seq from fleet_changes order by seq desc limit 1 offset :kept';

/** @internal Forgets the oldest changes beyond those that are kept: who is behind them reads everything again. */
export function forgetChanges(kept: number): WriteUnit<void> {
  const statements: SqlStatement[] = [
    {
      sql: `update fleet_facts set value = cast((${OLDEST_TO_FORGET}) as text)
        where name = 'forgotten' and exists (${OLDEST_TO_FORGET})`,
      params: { kept },
    },
    {
      sql: `delete from fleet_changes
        where seq <= (select cast(value as integer) from fleet_facts where name = 'forgotten')`,
    },
  ];
  return { statements, read: () => {} };
}
