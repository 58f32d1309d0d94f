import type { ClaimedJob, ClaimRequest } from '../ports/claim.ts';
import { jobOfRow, readJson, type JobRow } from './job-of-row.ts';
import { endDependents, tellTime, trimChanges, type JobsContext } from './jobs-context.ts';
import { settleJobs } from './settle-jobs.ts';

/** How many jobs are looked at for free lanes. */
const SCANNED = 256;

/** @internal What was added in time to come is of before the clock was set back: it is due. */
export async function claimJobs(
  context: JobsContext,
  request: ClaimRequest,
  signal?: AbortSignal,
): Promise<readonly ClaimedJob[]> {
  await takeFromTheDead(context, signal);
  const types = request.types.filter(({ limit }) => limit > 0);
  if (types.length === 0) return [];
  const now = context.clock.now();
  const taken = request.lanes?.taken ?? {};
  const laneLimit = request.lanes?.limit ?? Number.MAX_SAFE_INTEGER;
  const full = Object.keys(taken).filter((lane) => (taken[lane] ?? 0) >= laneLimit);
  const due = types.map(
    ({ limit }, index) => `select * from (select seq, type, lane, priority, :limit${index} as type_limit from jobs_list
      where type = :type${index} and state = 'pending' and blocked_by = 0 and (run_at_ms <= :now or created_at_ms > :now)
        and (lane is null or lane not in (select value from json_each(:full)))
      order by priority desc, seq limit ${request.lanes === undefined ? Math.trunc(limit) : SCANNED})`,
  );
  const params: Record<string, string | number> = {
    now,
    full: JSON.stringify(full),
    taken: JSON.stringify(Object.entries(taken)),
    laneLimit,
    workerId: request.workerId,
    leaseMs: request.leaseMs,
  };
  for (const [index, { type, limit }] of types.entries()) {
    params[`type${index}`] = type;
    params[`limit${index}`] = limit;
  }
  const sql = `update jobs_list set state = 'running', worker_id = :workerId, token = token + 1, attempts = attempts + 1,
      lease_ms = :leaseMs, lease_until_ms = :now + :leaseMs, started_at_ms = :now, wish = null
    where seq in (
      select seq from (
        select seq, lane, type, type_limit,
          row_number() over (partition by type, lane is null or lane_place <= room order by priority desc, seq) as type_place,
          lane is null or lane_place <= room as fits
        from (
          select *, row_number() over (partition by lane order by priority desc, seq) as lane_place,
            :laneLimit - coalesce((select json_extract(value, '$[1]') from json_each(:taken)
              where json_extract(value, '$[0]') = lane), 0) as room
          from (${due.join(' union all ')})))
      where fits and type_place <= type_limit)
    returning *`;
  const results = await context.database.transaction([tellTime(now), { sql, params }, trimChanges], { signal });
  const rows = (results[1]?.rows ?? []) as unknown as readonly JobRow[];
  const damaged = rows.filter(({ payload }) => readJson(payload) === undefined);
  if (damaged.length > 0) await endDamaged(context, damaged);
  return rows
    .filter((row) => !damaged.includes(row))
    .toSorted((a, b) => b.priority - a.priority || a.seq - b.seq)
    .map((row) => ({ job: jobOfRow(row), token: row.token }));
}

/** A lease that starts in time to come is of before the clock was set back: it is cut to its length. */
async function takeFromTheDead({ database, clock }: JobsContext, signal: AbortSignal | undefined): Promise<void> {
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

async function endDamaged(context: JobsContext, rows: readonly JobRow[]): Promise<void> {
  await settleJobs(
    context,
    rows.map(({ id, type, token }) => ({
      id,
      token,
      outcome: {
        kind: 'fail',
        final: true,
        error: {
          name: 'ModelkeepError',
          message: 'what is stored of the job is damaged',
          code: 'jobs.bad-payload',
          facts: { id, type, reason: 'it is no JSON' },
        },
      },
    })),
  );
}
