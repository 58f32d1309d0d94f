import type { SqlStatement } from '@modelkeep/sqlite';
import type { StateTopic } from '../ports/state-changes.ts';

/**
 * @internal The number of the next change, in SQL: the version of an entry that is written now. The change has to be noted
 * in the same transaction, before another entry is written.
 */
export const NEXT_VERSION = "coalesce((select seq from sqlite_sequence where name = 'fleet_changes'), 0) + 1";

/** @internal Notes that the entry was changed, if the statement before has changed something. */
export function noteChange(topic: StateTopic, key: string): SqlStatement {
  return {
    sql: 'insert or replace into fleet_changes (topic, key) select :topic, :key where changes() > 0',
    params: { topic, key },
  };
}
