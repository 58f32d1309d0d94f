import type { ClaimedJob, ClaimRequest } from '../ports/claim.ts';
import { damagedEnd } from '../rules/damaged-end.ts';
import { jobColumns, jobOfRow, readJson, type JobRow } from './job-of-row.ts';
import { statementOf, tellTime, trimChanges, type JobsContext } from './jobs-context.ts';
import { settleJobs } from './settle-jobs.ts';
import { takeFromTheDead } from './take-from-the-dead.ts';

/** How many jobs are looked at for free lanes. */
const SCANNED = 256;

/** @internal What was added in time to come is of before the clock was set back: it is due. */
export async function claimJobs(
  context: JobsContext,
  request: ClaimRequest,
  signal?: AbortSignal,
): Promise<readonly ClaimedJob[]> {
  await takeFromTheDead(context, signal);
  const { sql: due, values } = dueJobs(request, context.clock.now());
  if (due === '') return [];
  // An idle worker that did not look first would write to the disk each time that it asks.
  const looking = statementOf(`select exists (${due}) as found`, values);
  const look = await context.database.get<{ found: number }>(looking.sql, looking.params, { signal });
  if (look?.found !== 1) return [];
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
          from (${due})))
      where fits and type_place <= type_limit)
    returning ${jobColumns}`;
  const results = await context.database.transaction([tellTime(values.now), { sql, params: values }, trimChanges], {
    signal,
  });
  const rows = (results[1]?.rows ?? []) as unknown as readonly JobRow[];
  const damaged = rows.filter(({ payload }) => readJson(payload) === undefined);
  if (damaged.length > 0) await settleJobs(context, damaged.map(damagedEnd));
  return rows
    .filter((row) => !damaged.includes(row))
    .toSorted((a, b) => b.priority - a.priority || a.seq - b.seq)
    .map((row) => ({ job: jobOfRow(row), token: row.token }));
}

/** Those that may be taken, as far as their own lane says; empty: no type is asked for. */
function dueJobs(
  { workerId, leaseMs, types, lanes }: ClaimRequest,
  now: number,
): { readonly sql: string; readonly values: Readonly<Record<string, string | number>> & { readonly now: number } } {
  const asked = types.filter(({ limit }) => limit > 0);
  const { taken = {}, limit: laneLimit = Number.MAX_SAFE_INTEGER } = lanes ?? {};
  const full = Object.keys(taken).filter((lane) => (taken[lane] ?? 0) >= laneLimit);
  const selects = asked.map(
    ({ limit }, index) => `select * from (select seq, type, lane, priority, :limit${index} as type_limit from jobs_list
      where type = :type${index} and state = 'pending' and blocked_by = 0 and (run_at_ms <= :now or created_at_ms > :now)
        and (lane is null or lane not in (select value from json_each(:full)))
      order by priority desc, seq limit ${lanes === undefined ? Math.trunc(limit) : SCANNED})`,
  );
  return {
    sql: selects.join(' union all '),
    values: {
      now,
      workerId,
      leaseMs,
      laneLimit,
      full: JSON.stringify(full),
      taken: JSON.stringify(Object.entries(taken)),
      ...Object.fromEntries(
        asked.flatMap(({ type, limit }, n) => [
          [`type${n}`, type],
          [`limit${n}`, limit],
        ]),
      ),
    },
  };
}
