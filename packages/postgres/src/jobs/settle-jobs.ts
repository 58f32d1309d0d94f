import {
  checkpointText,
  jsonText,
  type JobBeat,
  type JobOrder,
  type JobOutcome,
  type JobSettlement,
} from '@modelkeep/jobs';
import { linesOf, trimLines, writeLines } from './job-lines.ts';
import { endDependents, givenTime, inOneStep, isJobId, type JobsContext } from './jobs-context.ts';

/** The rows of claims that hold, locked in one order for all. A new checkpoint is a step forward: attempts count anew. */
function heldBy(columns: string): string {
  return `held as materialized (
    select told.*, j.seq, j.wish, j.max_attempts, case when told.saves then told.checkpoint else j.checkpoint end as saved,
      case when told.saves and told.checkpoint is distinct from j.checkpoint and told.checkpoint is not null then 1
        else j.attempts end as attempts
    from json_to_recordset($2::json)
      as told (id text, token bigint, progress text, saves boolean, checkpoint text, lines json${columns})
    join {s}.jobs_list j on j.id = told.id and j.token = told.token
    where j.library_id = $1 and j.state = 'running' order by j.seq for update of j)`;
}

const BEAT = `with ${heldBy('')},
  renewed as (
    update {s}.jobs_list j set lease_ms = $4, lease_until_ms = {s}.jobs_now($3) + $4,
      progress = coalesce(held.progress, j.progress), checkpoint = held.saved, attempts = held.attempts
    from held where j.library_id = $1 and j.seq = held.seq
  ),
  written as (${writeLines})
  select id, wish from held`;

const SETTLE = `with ${heldBy(', kind text, result text, error text, final boolean, waiting text, "delayMs" float8')},
  ending as (
    select *, kind in ('release', 'postpone', 'pause', 'wait-for-user') as hands_back,
      case when kind = 'complete' then 'completed' when kind = 'cancel' or wish = 'cancel' then 'cancelled'
        when kind = 'fail' and (final or attempts >= max_attempts) then 'failed'
        when kind = 'pause' or wish = 'pause' then 'paused' when kind = 'wait-for-user' then 'waiting-for-user'
        else 'pending' end as next
    from held
  ),
  settled as (
    update {s}.jobs_list j set worker_id = null, wish = null, state = ending.next, changed_at_ms = {s}.jobs_now($3),
      ended_at_ms = case when ending.next in ('completed', 'failed', 'cancelled') then {s}.jobs_now($3) end,
      progress = coalesce(ending.progress, j.progress), checkpoint = ending.saved,
      attempts = case when ending.hands_back then greatest(0, ending.attempts - 1) else ending.attempts end,
      run_at_ms = case ending.kind when 'postpone' then {s}.jobs_now($3) + ending."delayMs"
        when 'fail' then {s}.jobs_now($3) + least(3600000, j.backoff_ms * 2 ^ greatest(0, least(30, ending.attempts - 1)))
        else j.run_at_ms end,
      result = coalesce(ending.result, j.result),
      error = case ending.kind when 'complete' then null when 'fail' then ending.error else j.error end,
      waiting = coalesce(ending.waiting, j.waiting)
    from ending where j.library_id = $1 and j.seq = ending.seq
  ),
  written as (${writeLines})
  select id from held`;

/**
 * What most ends are. A lock beforehand and the choices of the other statement would cost as much as this one: the rows are
 * taken in the order that they are told in.
 */
const COMPLETE = `with told as materialized (
    select * from json_to_recordset($2::json) as told (id text, token bigint, progress text, result text) order by id)
  update {s}.jobs_list j set worker_id = null, wish = null, state = 'completed', changed_at_ms = {s}.jobs_now($3),
    ended_at_ms = {s}.jobs_now($3), progress = coalesce(told.progress, j.progress), error = null,
    result = coalesce(told.result, j.result)
  from told where j.library_id = $1 and j.id = told.id and j.token = told.token and j.state = 'running' returning j.id`;

/** @internal */
export async function beatJobs(
  context: JobsContext,
  { beats, leaseMs }: { readonly beats: readonly JobBeat[]; readonly leaseMs: number },
  signal?: AbortSignal,
): Promise<readonly JobOrder[]> {
  if (beats.length === 0) return [];
  const isOne = beats.every(({ lines = [] }) => lines.length === 0);
  const told = JSON.stringify(beats.filter(({ id }) => isJobId(id)).map(toldOf));
  const wishes = await inOneStep(context, { isOne, signal }, async (query) => {
    const values = [context.libraryId, told, givenTime(context), leaseMs];
    const { rows } = await query<{ id: string; wish: string | null }>({ prepared: BEAT }, values);
    await trimLines(query, beats);
    return new Map(rows.map(({ id, wish }) => [id, wish]));
  });
  return beats.map(({ id }) => {
    const wish = wishes.get(id);
    if (wish === undefined) return 'lost';
    return wish === 'cancel' || wish === 'pause' ? wish : 'go-on';
  });
}

/** @internal */
export async function settleJobs(
  context: JobsContext,
  ends: readonly JobSettlement[],
  signal?: AbortSignal,
): Promise<readonly boolean[]> {
  if (ends.length === 0) return [];
  const isFirst = ends.map(({ id }, place) => isJobId(id) && ends.findIndex((other) => other.id === id) === place);
  const told = ends.filter((_, place) => isFirst[place]).map((end) => ({ ...toldOf(end), ...columnsOf(end.outcome) }));
  const others = ends.filter(({ outcome }) => outcome.kind !== 'complete').map(({ id }) => id);
  const isOne = others.length === 0 && ends.every(({ lines = [] }) => lines.length === 0);
  const settled = await inOneStep(context, { isOne, signal }, async (query) => {
    const values = [context.libraryId, JSON.stringify(told), givenTime(context)];
    const areCompletions = isOne && ends.every(({ checkpoint }) => checkpoint === undefined);
    const { rows } = await query<{ id: string }>({ prepared: areCompletions ? COMPLETE : SETTLE }, values);
    await trimLines(query, ends);
    if (others.length > 0) await endDependents(query, context, others.filter(isJobId));
    return new Set(rows.map(({ id }) => id));
  });
  context.tell();
  return ends.map(({ id }, place) => isFirst[place] === true && settled.has(id));
}

function toldOf(beat: JobBeat): object {
  const { id, token, progress, checkpoint } = beat;
  return {
    id,
    token,
    progress: progress === undefined ? null : JSON.stringify(progress),
    saves: checkpoint !== undefined,
    checkpoint: checkpoint === undefined || checkpoint === null ? null : checkpointText(checkpoint),
    lines: linesOf(beat),
  };
}

function columnsOf(outcome: JobOutcome): object {
  const { kind } = outcome;
  switch (kind) {
    case 'complete':
      return { kind, result: jsonText(outcome.result, 'result') };
    case 'fail':
      return { kind, final: outcome.final, error: JSON.stringify(outcome.error) };
    case 'wait-for-user':
      return { kind, waiting: JSON.stringify(outcome.waiting) };
    case 'postpone':
      return { kind, delayMs: outcome.delayMs };
    case 'cancel':
    case 'pause':
    case 'release':
      break;
  }
  return { kind };
}
