import type { Clock } from '@modelkeep/core';
import type { SqliteDatabase, SqlStatement, SqlValue } from '@modelkeep/sqlite';

/** @internal What the parts of the store share. */
export interface JobsContext {
  readonly database: SqliteDatabase;
  readonly clock: Clock;
}

/** @internal How many changes are kept for those who follow. */
const KEPT_CHANGES = 10_000;

/** @internal The first statement of what changes states: the time that the changes are told with. */
export function tellTime(now: number): SqlStatement {
  return { sql: `update jobs_facts set value = ? where name = 'now'`, params: [String(now)] };
}

/** @internal The last statement of what changes states. */
export const trimChanges: SqlStatement = {
  sql: `delete from jobs_changes where seq <= (select max(seq) from jobs_changes) - ${KEPT_CHANGES}`,
};

/** @internal What is not final, and does not run. */
export const isHeld = `state in ('pending', 'paused', 'waiting-for-user')`;

/** @internal What comes after the jobs of these ids ends with them, where they failed or were cancelled. */
export function endDependents(ids: readonly string[], now: number): SqlStatement {
  return {
    sql: `with recursive doomed (id, origin, state) as (
        select a.job, d.id, d.state from jobs_list d join jobs_after a on a.dependency = d.id
          where d.id in (select value from json_each(:ids)) and d.state in ('failed', 'cancelled')
        union
        select a.job, doomed.origin, doomed.state from doomed join jobs_after a on a.dependency = doomed.id
      ), first as (select id, min(origin) as origin, max(state) as state from doomed group by id)
      update jobs_list set state = first.state, ended_at_ms = :now, waiting = null,
        error = case first.state when 'failed' then json_object('name', 'ModelkeepError',
          'message', 'a job that it comes after failed', 'code', 'jobs.dependency-failed',
          'facts', json_object('id', jobs_list.id, 'dependency', first.origin)) end
      from first where first.id = jobs_list.id and jobs_list.${isHeld}`,
    params: { ids: JSON.stringify(ids), now },
  };
}

/** @internal A statement with those of the values that it names: the driver refuses others. */
export function statementOf(sql: string, values: Readonly<Record<string, SqlValue>>): SqlStatement {
  const named = new Set(sql.match(/(?<=:)[a-zA-Z]\w*/gu));
  return { sql, params: Object.fromEntries(Object.entries(values).filter(([name]) => named.has(name))) };
}
