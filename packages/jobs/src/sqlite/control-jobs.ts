import { endDependents, isHeld, statementOf, tellTime, trimChanges, type JobsContext } from './jobs-context.ts';

const named = 'id in (select value from json_each(:ids))';

/** @internal What a person wishes of jobs. */
export type JobWish = 'cancel' | 'pause' | 'resume' | 'retry';

const statements: Record<JobWish, readonly string[]> = {
  cancel: [
    `update jobs_list set wish = 'cancel' where ${named} and state = 'running' and wish is not 'cancel' returning id`,
    `update jobs_list set state = 'cancelled', ended_at_ms = :now, waiting = null where ${named} and ${isHeld} returning id`,
  ],
  pause: [
    `update jobs_list set wish = 'pause' where ${named} and state = 'running' and wish is null returning id`,
    `update jobs_list set state = 'paused' where ${named} and state = 'pending' returning id`,
  ],
  resume: [
    `update jobs_list set wish = null where ${named} and state = 'running' and wish = 'pause' returning id`,
    `update jobs_list set state = 'pending', waiting = null, run_at_ms = :now
       where ${named} and state in ('paused', 'waiting-for-user') returning id`,
  ],
  retry: [
    `with recursive up (id) as (
        select value from json_each(:ids)
        union
        select a.dependency from up join jobs_after a on a.job = up.id
      ), again (id) as (
        select id from jobs_list where id in (select id from up) and state in ('failed', 'cancelled')
        union
        select a.job from again join jobs_after a on a.dependency = again.id join jobs_list j on j.id = a.job
          where j.state in ('failed', 'cancelled')
      )
      update or ignore jobs_list set state = 'pending', attempts = 0, checkpoint = null, run_at_ms = :now, ended_at_ms = null,
        error = null,
        blocked_by = (select count(*) from jobs_after a join jobs_list d on d.id = a.dependency
          where a.job = jobs_list.id and d.state <> 'completed')
      where id in (select id from again) and state in ('failed', 'cancelled') returning id`,
  ],
};

/** @internal @returns the ids of those that it did something to */
export async function controlJobs(
  { database, clock }: JobsContext,
  { wish, ids }: { readonly wish: JobWish; readonly ids: readonly string[] },
  signal?: AbortSignal,
): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const now = clock.now();
  const params = { ids: JSON.stringify(ids), now };
  const changes = statements[wish].map((sql) => statementOf(sql, params));
  const results = await database.transaction(
    [tellTime(now), ...changes, ...(wish === 'cancel' ? [endDependents(ids, now)] : []), trimChanges],
    { signal },
  );
  return results.slice(1, 1 + changes.length).flatMap(({ rows }) => rows.map(({ id }) => id as string));
}
