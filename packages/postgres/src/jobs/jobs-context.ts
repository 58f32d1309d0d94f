import { systemClock, type Clock } from '@modelkeep/core';
import type { PostgresConnection, Query } from '../connection/postgres-connection.ts';
import type { Listener } from '../feed/listener.ts';

/** @internal What the parts of the store share. */
export interface JobsContext {
  readonly connection: PostgresConnection;
  readonly libraryId: string;
  readonly clock: Clock;
  /** Tells the others, after a commit. */
  readonly tell: () => void;
  /** @throws `core.closed` */
  readonly listener: () => Listener;
  /** Aborts with `core.closed`: who watches does so no longer. */
  readonly ends: AbortSignal;
}

/** @internal What is not final, and does not run. */
export const isHeld = `state in ('pending', 'paused', 'waiting-for-user')`;

/**
 * @internal The time for `{s}.jobs_now`. Machines whose clocks differ must agree on leases: without a clock of the caller's the
 * server's counts.
 */
export function givenTime({ clock }: JobsContext): number | null {
  return clock === systemClock ? null : clock.now();
}

/** @internal The time of {@link givenTime}, for what is counted here. */
export async function timeNow(context: JobsContext, signal?: AbortSignal): Promise<number> {
  const given = givenTime(context);
  if (given !== null) return given;
  const [row] = await context.connection.query<{ now_ms: number }>('select {s}.jobs_now(null) as now_ms', [], signal);
  return row?.now_ms ?? context.clock.now();
}

/** @internal Only such texts are ids: others (a NUL is refused by the server) name no job. */
export function isJobId(text: string): boolean {
  return /^[\w-]{1,64}$/.test(text);
}

/** @internal Statements of one step: in a transaction unless one statement does it all. */
export async function inOneStep<T>(
  { connection }: JobsContext,
  { isOne, signal }: { readonly isOne: boolean; readonly signal: AbortSignal | undefined },
  work: (query: Query) => Promise<T>,
): Promise<T> {
  if (!isOne) return connection.queries(work, signal);
  return work(async (sql, values) => {
    const rows = await connection.query(sql, values, signal);
    return { rows, count: rows.length } as never;
  });
}

/**
 * @internal What comes after the jobs of these ids ends with them, where they failed or were cancelled. Looked for until there
 * is none: one may have been added while the rows were waited for.
 */
export async function endDependents(query: Query, context: JobsContext, ids: readonly string[]): Promise<void> {
  const values = [context.libraryId, ids, givenTime(context)];
  for (let count = 1; count > 0;) {
    const ended = await query(
      `with recursive doomed (id, origin, state) as (
         select a.job, d.id, d.state from {s}.jobs_list d join {s}.jobs_after a on a.dependency = d.id
           where d.library_id = $1 and d.id = any($2) and d.state in ('failed', 'cancelled')
         union
         select a.job, doomed.origin, doomed.state from doomed join {s}.jobs_after a on a.dependency = doomed.id
       ), first as (select id, min(origin) as origin, max(state) as state from doomed group by id)
       update {s}.jobs_list j set state = first.state, ended_at_ms = {s}.jobs_now($3), changed_at_ms = {s}.jobs_now($3),
         waiting = null, error = case first.state when 'failed' then json_build_object('name', 'ModelkeepError',
           'message', 'a job that it comes after failed', 'code', 'jobs.dependency-failed',
           'facts', json_build_object('id', j.id, 'dependency', first.origin))::text end
       from first where first.id = j.id and j.library_id = $1 and j.${isHeld}`,
      values,
    );
    count = ended.count;
  }
}
