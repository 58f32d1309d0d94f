import { damagedEnd, jobOfRow, readJson, type ClaimedJob, type ClaimRequest, type JobRow } from '@modelkeep/jobs';
import type { Sql } from '../connection/statements.ts';
import { jobColumns } from './job-columns.ts';
import { givenTime, type JobsContext } from './jobs-context.ts';
import { settleJobs } from './settle-jobs.ts';
import { takeFromTheDead } from './take-from-the-dead.ts';

const MOST_AT_ONCE = 10_000;
/** How many jobs are looked at for free lanes. */
const SCANNED = 256;

/** What was added in time to come is of before the clock was set back: it is due. */
const isDue = `library_id = $1 and type = wanted.type and state = 'pending' and blocked_by = 0
  and (run_at_ms <= {s}.jobs_now($2) or created_at_ms > {s}.jobs_now($2))`;
const room = `greatest(0, $6::int - coalesce(($7::json ->> lane)::int, 0))`;
const first = 'order by priority desc, seq';

/** Of all lanes. What others are about to take is passed over. */
const due = `select seq, null::text as lane, priority, wanted.type, wanted.lim, 0 as room from wanted cross join lateral (
    select seq, priority from {s}.jobs_list where ${isDue} ${first} limit wanted.lim for update skip locked) j`;

/** No more of a lane than has room is locked: what another worker could take stays free for it. */
const dueInLanes = `select seq, lane, priority, wanted.type, wanted.lim, 0 as room from wanted cross join lateral (
    select seq, lane, priority from {s}.jobs_list where ${isDue} and lane is null ${first}
    limit wanted.lim for update skip locked) j
  union all
  select j.seq, lanes.lane, j.priority, wanted.type, wanted.lim, lanes.room
  from wanted cross join lateral (
    select distinct lane, ${room} as room from (
      select lane from {s}.jobs_list where ${isDue} and lane is not null and ${room} > 0 ${first} limit ${SCANNED}) scanned
  ) lanes cross join lateral (
    select seq, priority from {s}.jobs_list where ${isDue} and lane is not null and lane = lanes.lane ${first}
    limit lanes.room for update skip locked) j`;

/** One more; a number that was damaged must not fail the statement, which takes the others as well. */
function after(count: string): string {
  return `case when ${count} between 0 and 1000000000 then ${count} + 1 else 1 end`;
}

/** An array, and no join: rows that nobody can count beforehand make the planner read the whole table. */
function claimSql(candidates: string): Sql {
  const prepared = `
  with wanted as (select type, lim from json_to_recordset($3::json) as wanted (type text, lim int)),
  candidates as materialized (${candidates}),
  fitting as (
    select *, lane is null or row_number() over (partition by lane ${first}) <= room as fits from candidates
  ),
  chosen as (
    select seq from (
      select *, row_number() over (partition by type, fits ${first}) as place from fitting) placed
    where fits and place <= lim
  ),
  claimed as (
    update {s}.jobs_list j set state = 'running', worker_id = $4, token = ${after('j.token')},
      attempts = ${after('j.attempts')},
      lease_ms = $5, lease_until_ms = {s}.jobs_now($2) + $5, started_at_ms = {s}.jobs_now($2),
      changed_at_ms = {s}.jobs_now($2), wish = null
    where j.library_id = $1 and j.seq = any(array(select seq from chosen)) returning ${jobColumns('j')}
  ),
  dead as (
    select exists (select 1 from {s}.jobs_list where library_id = $1 and state = 'running'
      and (lease_until_ms < {s}.jobs_now($2) or lease_until_ms - lease_ms > {s}.jobs_now($2))) as are_there
  )
  select dead.are_there, claimed.* from dead left join claimed on true`;
  return { prepared };
}

const claimAny = claimSql(due);
const claimInLanes = claimSql(dueInLanes);

/** @internal */
export async function claimJobs(
  context: JobsContext,
  request: ClaimRequest,
  signal?: AbortSignal,
): Promise<readonly ClaimedJob[]> {
  const claim = await claimOnce(context, request, signal);
  const areDead = claim.areDead && (await takeFromTheDead(context, signal));
  const { rows } = areDead && claim.rows.length === 0 ? await claimOnce(context, request, signal) : claim;
  if (rows.length === 0) return [];
  context.tell();
  const damaged = rows.filter(({ payload }) => readJson(payload) === undefined);
  if (damaged.length > 0) await endDamaged(context, damaged, signal);
  return rows
    .filter((row) => !damaged.includes(row))
    .toSorted((a, b) => b.priority - a.priority || a.seq - b.seq)
    .map((row) => ({ job: jobOfRow(row), token: row.token }));
}

async function claimOnce(
  context: JobsContext,
  { types, lanes, workerId, leaseMs }: ClaimRequest,
  signal: AbortSignal | undefined,
): Promise<{ readonly areDead: boolean; readonly rows: readonly JobRow[] }> {
  const wanted = types.map(({ type, limit }) => ({ type, lim: Math.min(MOST_AT_ONCE, Math.trunc(limit)) }));
  const values = [
    context.libraryId,
    givenTime(context),
    JSON.stringify(wanted.filter(({ lim }) => lim > 0)),
    workerId,
    leaseMs,
  ];
  const rows = await context.connection.query<JobRow & { are_there: boolean }>(
    lanes === undefined ? claimAny : claimInLanes,
    lanes === undefined ? values : [...values, Math.min(MOST_AT_ONCE, lanes.limit), JSON.stringify(lanes.taken)],
    signal,
  );
  return { areDead: rows[0]?.are_there === true, rows: rows.filter(({ id }) => id !== null) };
}

async function endDamaged(
  context: JobsContext,
  rows: readonly JobRow[],
  signal: AbortSignal | undefined,
): Promise<void> {
  await settleJobs(context, rows.map(damagedEnd), signal);
}
