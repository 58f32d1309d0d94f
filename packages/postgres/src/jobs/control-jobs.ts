import type { Query } from '../connection/postgres-connection.ts';
import { endDependents, givenTime, inOneStep, isHeld, isJobId, type JobsContext } from './jobs-context.ts';

/** @internal What a person wishes of jobs. */
export type JobWish = 'cancel' | 'pause' | 'resume' | 'retry';

/** Each is one statement: a job that is taken or ends at the same moment is met as what it has become. */
const statements: Record<Exclude<JobWish, 'retry'>, string> = {
  cancel: `set wish = case state when 'running' then 'cancel' else wish end,
      state = case state when 'running' then state else 'cancelled' end,
      ended_at_ms = case state when 'running' then ended_at_ms else {s}.jobs_now($3) end,
      waiting = null, changed_at_ms = {s}.jobs_now($3)
    where ${isHeld} or (state = 'running' and wish is distinct from 'cancel')`,
  pause: `set wish = case state when 'running' then 'pause' else wish end,
      state = case state when 'running' then state else 'paused' end, changed_at_ms = {s}.jobs_now($3)
    where state = 'pending' or (state = 'running' and wish is null)`,
  resume: `set wish = null, state = case state when 'running' then state else 'pending' end,
      run_at_ms = case state when 'running' then run_at_ms else {s}.jobs_now($3) end,
      waiting = null, changed_at_ms = {s}.jobs_now($3)
    where state in ('paused', 'waiting-for-user') or (state = 'running' and wish = 'pause')`,
};

/** With what they come after, and what ended with them; locked with all that these come after, so that their number holds. */
const AGAIN = `with recursive up (id) as (
    select told.id collate "C" from unnest($2::text[]) as told (id)
    union
    select a.dependency from up join {s}.jobs_after a on a.job = up.id
  ), again (id) as (
    select id from {s}.jobs_list where library_id = $1 and id in (select id from up) and state in ('failed', 'cancelled')
    union
    select a.job from again join {s}.jobs_after a on a.dependency = again.id join {s}.jobs_list j on j.id = a.job
      where j.state in ('failed', 'cancelled')
  )
  select id, id in (select id from again) as again from {s}.jobs_list
  where library_id = $1 and id in (
    select id from again union select a.dependency from again join {s}.jobs_after a on a.job = again.id)
  order by seq for update`;

/** Of those with one key only the oldest, and only where no other has it by now. */
const RETRY = `with again as (
    select seq, row_number() over (partition by type, coalesce(dedupe_key, id), dedupe_key is null order by seq) as place
    from {s}.jobs_list j where library_id = $1 and id = any($2) and state in ('failed', 'cancelled')
      and not exists (select 1 from {s}.jobs_list o where o.library_id = $1 and o.type = j.type
        and o.dedupe_key = j.dedupe_key and o.state in ('pending', 'running', 'paused', 'waiting-for-user'))
  )
  update {s}.jobs_list j set state = 'pending', attempts = 0, checkpoint = null, run_at_ms = {s}.jobs_now($3), ended_at_ms = null,
    error = null, changed_at_ms = {s}.jobs_now($3),
    blocked_by = (select count(*) from {s}.jobs_after a join {s}.jobs_list d on d.id = a.dependency
      where a.job = j.id and d.state <> 'completed')
  from again where again.place = 1 and j.library_id = $1 and j.seq = again.seq returning j.id`;

/** @internal @returns the ids of those that it did something to */
export async function controlJobs(
  context: JobsContext,
  { wish, ids }: { readonly wish: JobWish; readonly ids: readonly string[] },
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const named = ids.filter(isJobId);
  if (named.length === 0) return [];
  const isOne = wish === 'pause' || wish === 'resume';
  const changed = await inOneStep(context, { isOne, signal }, async (query) => {
    if (wish === 'retry') return retryJobs(query, context, named);
    const sql = statements[wish].replace('where', 'where library_id = $1 and id = any($2) and (');
    const values = [context.libraryId, named, givenTime(context)];
    const { rows } = await query<{ id: string }>(`update {s}.jobs_list ${sql}) returning id`, values);
    if (wish === 'cancel') await endDependents(query, context, named);
    return rows.map(({ id }) => id);
  });
  context.tell();
  return changed;
}

async function retryJobs(query: Query, context: JobsContext, ids: readonly string[]): Promise<readonly string[]> {
  const { rows: found } = await query<{ id: string; again: boolean }>(AGAIN, [context.libraryId, ids]);
  const again = found.filter((row) => row.again).map(({ id }) => id);
  const { rows } = await query<{ id: string }>(RETRY, [context.libraryId, again, givenTime(context)]);
  // One that was left is failed still, and so is what comes after it.
  await endDependents(query, context, again);
  return rows.map(({ id }) => id);
}
