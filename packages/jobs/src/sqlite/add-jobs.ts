import { newId } from '@modelkeep/core';
import type { SqlStatement } from '@modelkeep/sqlite';
import type { AddedJob } from '../ports/job-store.ts';
import type { NewJob } from '../ports/job.ts';
import { checkNewJob, type CheckedJob } from '../rules/check-new-job.ts';
import { noJob } from '../rules/no-job.ts';
import { endDependents, tellTime, trimChanges, type JobsContext } from './jobs-context.ts';

/** @internal Adds a job, unless an equal one is there. `guard`: a condition on `:guard`. */
export function insertJob(
  id: string,
  job: CheckedJob,
  { now, guard }: { readonly now: number; readonly guard?: string | undefined },
): SqlStatement {
  return {
    sql: `insert into jobs_list (id, type, payload, dedupe_key, priority, lane, after, blocked_by, max_attempts, backoff_ms,
        created_at_ms, run_at_ms)
      select :id, :type, :payloadText, :dedupeKey, :priority, :lane, :after,
        (select count(*) from jobs_list where id in (select value from json_each(:after)) and state <> 'completed'),
        :maxAttempts, :backoffMs, :now, coalesce(:runAtMs, :now)
      where ${guard ?? 'true'} on conflict do nothing`,
    params: {
      id,
      now,
      type: job.type,
      payloadText: job.payloadText,
      dedupeKey: job.dedupeKey,
      priority: job.priority,
      lane: job.lane,
      after: JSON.stringify(job.after),
      maxAttempts: job.maxAttempts,
      backoffMs: job.backoffMs,
      runAtMs: job.runAtMs,
    },
  };
}

/** @internal */
export async function addJobs(
  { database, clock }: JobsContext,
  jobs: readonly NewJob[],
  signal?: AbortSignal,
): Promise<readonly AddedJob[]> {
  const checked = jobs.map((job) => ({ id: newId(), job: checkNewJob(job) }));
  if (checked.length === 0) return [];
  const now = clock.now();
  const dependencies = [...new Set(checked.flatMap(({ job }) => job.after))];
  await refuseUnknown({ database, clock }, dependencies, signal);
  const inserts = checked.map(({ id, job }) => insertJob(id, job, { now }));
  const links = checked.flatMap(({ id, job }) => job.after.map((dependency) => ({ id, dependency })));
  const linking: SqlStatement[] =
    links.length === 0
      ? []
      : [
          {
            sql: `insert into jobs_after (dependency, job)
              select :dependency, :id where exists (select 1 from jobs_list where id = :id)`,
            paramRows: links,
          },
          endDependents(dependencies, now),
        ];
  const standing = checked.map(({ id, job }) => ({
    sql: `select id from jobs_list where id = :id or (type = :type and dedupe_key = :key
      and state in ('pending', 'running', 'paused', 'waiting-for-user')) limit 1`,
    params: { id, type: job.type, key: job.dedupeKey },
  }));
  const keyed = standing.filter((_, index) => checked[index]?.job.dedupeKey !== undefined);
  const results = await database.transaction([tellTime(now), ...inserts, ...keyed, ...linking, trimChanges], {
    signal,
  });
  const found = results.slice(1 + inserts.length);
  let next = 0;
  return checked.map(({ id, job }) => {
    const standingId = job.dedupeKey === undefined ? id : ((found[next++]?.rows[0]?.['id'] ?? id) as string);
    return { id: standingId, added: standingId === id };
  });
}

async function refuseUnknown(
  { database }: JobsContext,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  if (ids.length === 0) return;
  const sql = 'select value as id from json_each(?) where value not in (select id from jobs_list) limit 1';
  const unknown = await database.get<{ id: string }>(sql, [JSON.stringify(ids)], { signal });
  if (unknown !== undefined) throw noJob(unknown.id);
}
