import { endDependents, tellTime, trimChanges, type JobsContext } from './jobs-context.ts';

/** @internal A lease that starts in time to come is of before the clock was set back: it is cut to its length. */
export async function takeFromTheDead(
  { database, clock }: JobsContext,
  signal: AbortSignal | undefined,
): Promise<void> {
  const now = clock.now();
  const where = `state = 'running' and (lease_until_ms < :now or lease_until_ms - lease_ms > :now)`;
  const found = await database.all<{ id: string }>(`select id from jobs_list where ${where}`, { now }, { signal });
  if (found.length === 0) return;
  const ids = found.map(({ id }) => id);
  const theirs = `id in (select value from json_each(:ids)) and state = 'running'`;
  await database.transaction(
    [
      tellTime(now),
      {
        sql: `update jobs_list set lease_until_ms = :now + lease_ms where ${theirs} and lease_until_ms - lease_ms > :now`,
        params: { ids: JSON.stringify(ids), now },
      },
      {
        sql: `update jobs_list set worker_id = null, wish = null, run_at_ms = min(run_at_ms, :now),
            state = case when wish = 'cancel' then 'cancelled' when attempts >= max_attempts then 'failed'
              when wish = 'pause' then 'paused' else 'pending' end,
            ended_at_ms = case when wish = 'cancel' or attempts >= max_attempts then :now end,
            error = json_object('name', 'ModelkeepError', 'message', 'the worker that ran it was not heard of in time',
              'code', 'jobs.worker-died', 'facts', json_object('id', id, 'attempts', attempts))
          where ${theirs} and lease_until_ms < :now`,
        params: { ids: JSON.stringify(ids), now },
      },
      endDependents(ids, now),
      trimChanges,
    ],
    { signal },
  );
}
