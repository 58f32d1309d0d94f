import type { SqlStatement } from '@modelkeep/sqlite';
import type { JobBeat, JobOrder, JobOutcome, JobSettlement } from '../ports/claim.ts';
import { checkpointText, jsonText } from '../rules/check-new-job.ts';
import { endDependents, statementOf, tellTime, trimChanges, type JobsContext } from './jobs-context.ts';

const KEPT_LINES = 1_000;
const MAX_MESSAGE_LENGTH = 4_000;
const isTheirs = `id = :id and token = :token and state = 'running'`;
const free = `worker_id = null, wish = null`;

/** @internal */
export async function beatJobs(
  { database, clock }: JobsContext,
  { beats, leaseMs }: { readonly beats: readonly JobBeat[]; readonly leaseMs: number },
  signal?: AbortSignal,
): Promise<readonly JobOrder[]> {
  if (beats.length === 0) return [];
  const now = clock.now();
  const updates = beats.map(({ id, token, progress }) => ({
    sql: `update jobs_list set lease_ms = :leaseMs, lease_until_ms = :now + :leaseMs,
      progress = coalesce(:progress, progress) where ${isTheirs} returning wish`,
    params: { id, token, now, leaseMs, progress: progress === undefined ? null : JSON.stringify(progress) },
  }));
  const before = beats.flatMap(checkpointStatements);
  const results = await database.transaction([...before, ...updates, ...beats.flatMap(lineStatements)], { signal });
  return beats.map((_, index) => {
    const row = results[before.length + index]?.rows[0];
    if (row === undefined) return 'lost';
    return row['wish'] === 'cancel' || row['wish'] === 'pause' ? row['wish'] : 'go-on';
  });
}

/** @internal */
export async function settleJobs(
  { database, clock }: JobsContext,
  ends: readonly JobSettlement[],
  signal?: AbortSignal,
): Promise<readonly boolean[]> {
  if (ends.length === 0) return [];
  const now = clock.now();
  const before = [tellTime(now), ...ends.flatMap(checkpointStatements), ...ends.flatMap(lineStatements)];
  const updates = ends.map(({ id, token, progress, outcome }): SqlStatement => {
    const { set, params } = outcomeSql(outcome);
    return statementOf(
      `update jobs_list set ${free}, progress = coalesce(:progress, progress), ${set} where ${isTheirs}`,
      { id, token, progress: progress === undefined ? null : JSON.stringify(progress), ...params(now) },
    );
  });
  const ids = ends.filter(({ outcome }) => outcome.kind !== 'complete').map(({ id }) => id);
  const after = ids.length === 0 ? [trimChanges] : [endDependents(ids, now), trimChanges];
  const results = await database.transaction([...before, ...updates, ...after], { signal });
  return ends.map((_, index) => results[before.length + index]?.changes === 1);
}

function outcomeSql(outcome: JobOutcome): {
  readonly set: string;
  readonly params: (now: number) => Record<string, string | number | null>;
} {
  const held = (state: string): string =>
    `state = case wish when 'cancel' then 'cancelled' when 'pause' then 'paused' else '${state}' end,
     ended_at_ms = case wish when 'cancel' then :now end, attempts = max(0, attempts - 1)`;
  switch (outcome.kind) {
    case 'complete':
      return {
        set: `state = 'completed', ended_at_ms = :now, result = :result, error = null`,
        params: (now) => ({ now, result: jsonText(outcome.result, 'result') }),
      };
    case 'fail':
      return {
        set: `state = case when wish = 'cancel' then 'cancelled' when :final or attempts >= max_attempts then 'failed'
            when wish = 'pause' then 'paused' else 'pending' end,
          ended_at_ms = case when wish = 'cancel' or :final or attempts >= max_attempts then :now end,
          run_at_ms = :now + min(3600000, backoff_ms * (1 << min(30, attempts - 1))), error = :error`,
        params: (now) => ({ now, final: outcome.final ? 1 : 0, error: JSON.stringify(outcome.error) }),
      };
    case 'cancel':
      return { set: `state = 'cancelled', ended_at_ms = :now`, params: (now) => ({ now }) };
    case 'wait-for-user':
      return {
        set: `${held('waiting-for-user')}, waiting = :waiting`,
        params: (now) => ({ now, waiting: JSON.stringify(outcome.waiting) }),
      };
    case 'postpone':
      return {
        set: `${held('pending')}, run_at_ms = :now + :delayMs`,
        params: (now) => ({ now, delayMs: outcome.delayMs }),
      };
    case 'pause':
    case 'release':
      break;
  }
  return { set: held(outcome.kind === 'pause' ? 'paused' : 'pending'), params: (now) => ({ now }) };
}

/** Before what judges the attempts. JSON texts are compared as SQLite writes them. */
function checkpointStatements({ id, token, checkpoint }: JobBeat): SqlStatement[] {
  if (checkpoint === undefined) return [];
  return [
    {
      sql: `update jobs_list set checkpoint = json(:checkpoint), attempts = case when :checkpoint is null then attempts else 1 end
        where ${isTheirs} and checkpoint is not json(:checkpoint)`,
      params: { id, token, checkpoint: checkpoint === null ? null : checkpointText(checkpoint) },
    },
  ];
}

function lineStatements({ id, token, lines = [] }: JobBeat): SqlStatement[] {
  if (lines.length === 0) return [];
  return [
    {
      sql: `insert into jobs_lines (job_id, at_ms, level, message)
        select :id, :at, :level, :message where exists (select 1 from jobs_list where ${isTheirs})`,
      paramRows: lines.map(({ at, level, message }) => ({
        id,
        token,
        at: Date.parse(at),
        level,
        message: message.slice(0, MAX_MESSAGE_LENGTH),
      })),
    },
    {
      sql: `delete from jobs_lines where job_id = :id and number <=
        (select number from jobs_lines where job_id = :id order by number desc limit 1 offset ${KEPT_LINES})`,
      params: { id },
    },
  ];
}
