import { endDependents, givenTime, type JobsContext } from './jobs-context.ts';

/**
 * @internal Takes jobs whose leases ran out. A lease that starts in time to come is of before the clock was set back: it is cut to
 * its length.
 *
 * @returns whether there were any
 */
export async function takeFromTheDead(context: JobsContext, signal?: AbortSignal): Promise<boolean> {
  const values = [context.libraryId, givenTime(context)];
  const some = (where: string): string => `library_id = $1 and seq = any(array(select seq from {s}.jobs_list
    where library_id = $1 and state = 'running' and ${where} order by seq for update skip locked))`;
  const count = await context.connection.queries(async (query) => {
    await query(
      `update {s}.jobs_list set lease_until_ms = {s}.jobs_now($2) + lease_ms
       where ${some('lease_until_ms - lease_ms > {s}.jobs_now($2)')}`,
      values,
    );
    const { rows } = await query<{ id: string }>(
      `update {s}.jobs_list set worker_id = null, wish = null, run_at_ms = least(run_at_ms, {s}.jobs_now($2)),
         changed_at_ms = {s}.jobs_now($2),
         state = case when wish = 'cancel' then 'cancelled' when attempts >= max_attempts then 'failed'
           when wish = 'pause' then 'paused' else 'pending' end,
         ended_at_ms = case when wish = 'cancel' or attempts >= max_attempts then {s}.jobs_now($2) end,
         error = json_build_object('name', 'ModelkeepError', 'message', 'the worker that ran it was not heard of in time',
           'code', 'jobs.worker-died', 'facts', json_build_object('id', id, 'attempts', attempts))::text
       where ${some('lease_until_ms < {s}.jobs_now($2)')} returning id`,
      values,
    );
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) await endDependents(query, context, ids);
    return ids.length;
  }, signal);
  if (count > 0) context.tell();
  return count > 0;
}
