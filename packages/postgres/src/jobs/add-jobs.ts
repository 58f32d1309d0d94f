import { newId } from '@modelkeep/core';
import { checkNewJob, noJob, type AddedJob, type CheckedJob, type NewJob } from '@modelkeep/jobs';
import type { Query } from '../connection/postgres-connection.ts';
import { endDependents, givenTime, inOneStep, isJobId, type JobsContext } from './jobs-context.ts';

interface JobToAdd {
  readonly id: string;
  readonly job: CheckedJob;
}

const INSERT = `insert into {s}.jobs_list (library_id, id, type, payload, dedupe_key, priority, lane, after, blocked_by, max_attempts,
       backoff_ms, created_at_ms, run_at_ms, changed_at_ms)
     select $1, id, type, payload, "dedupeKey", priority, lane, after,
       (select count(*) from {s}.jobs_list d
         where d.id in (select json_array_elements_text(told.after::json)) and d.state <> 'completed'),
       "maxAttempts", "backoffMs", {s}.jobs_now($3), coalesce("runAtMs", {s}.jobs_now($3)), {s}.jobs_now($3)
     from json_to_recordset($2::json) as told (place int, id text, type text, payload text, "dedupeKey" text, priority int,
       lane text, after text, "maxAttempts" int, "backoffMs" float8, "runAtMs" float8)
     order by place
     on conflict do nothing returning id`;

/** @internal */
export async function addJobs(
  context: JobsContext,
  jobs: readonly NewJob[],
  signal?: AbortSignal,
): Promise<readonly AddedJob[]> {
  const wanted = jobs.map((job) => ({ id: newId(), job: checkNewJob(job) }));
  if (wanted.length === 0) return [];
  const isOne = wanted.every(
    ({ job }) => job.after.length === 0 && (job.dedupeKey === undefined || wanted.length === 1),
  );
  const added = await inOneStep(context, { isOne, signal }, (query) => insertJobs(query, context, wanted));
  context.tell();
  return added;
}

/** @internal @throws `jobs.not-found` for a dependency */
export async function insertJobs(
  query: Query,
  context: JobsContext,
  wanted: readonly JobToAdd[],
): Promise<readonly AddedJob[]> {
  const dependencies = [...new Set(wanted.flatMap(({ job }) => job.after))];
  if (dependencies.length > 0) await holdDependencies(query, context, dependencies);
  const standing = new Map<string, string>();
  let left = wanted;
  while (left.length > 0) {
    const inserted = await insertNew(query, context, left);
    left = left.filter(({ id }) => !inserted.has(id));
    if (left.length === 0) break;
    const found = await findStanding(query, context, left);
    for (const [id, standingId] of found) standing.set(id, standingId);
    // One that stood in the way is over by now.
    left = left.filter(({ id }) => !found.has(id));
  }
  const links = wanted.flatMap(({ id, job }) =>
    standing.has(id) ? [] : job.after.map((dependency) => ({ id, dependency })),
  );
  if (links.length > 0) {
    await query(
      `insert into {s}.jobs_after (dependency, job)
       select dependency, id from json_to_recordset($1::json) as link (id text, dependency text)`,
      [JSON.stringify(links)],
    );
    await endDependents(query, context, dependencies);
  }
  return wanted.map(({ id }) => ({ id: standing.get(id) ?? id, added: !standing.has(id) }));
}

/** Nobody changes or forgets them until the transaction ends. */
async function holdDependencies(query: Query, { libraryId }: JobsContext, ids: readonly string[]): Promise<void> {
  const { rows } = await query<{ id: string }>(
    'select id from {s}.jobs_list where library_id = $1 and id = any($2) order by seq for share',
    [libraryId, ids.filter(isJobId)],
  );
  const known = new Set(rows.map(({ id }) => id));
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined) throw noJob(unknown);
}

async function insertNew(query: Query, context: JobsContext, jobs: readonly JobToAdd[]): Promise<ReadonlySet<string>> {
  const told = jobs.map(({ id, job: { payloadText, after, ...job } }, place) => ({
    ...job,
    id,
    place,
    payload: payloadText,
    after: JSON.stringify(after),
  }));
  const { rows } = await query<{ id: string }>({ prepared: INSERT }, [
    context.libraryId,
    JSON.stringify(told),
    givenTime(context),
  ]);
  return new Set(rows.map(({ id }) => id));
}

/** @returns for each the one that stands for it, as far as there is one */
async function findStanding(
  query: Query,
  { libraryId }: JobsContext,
  jobs: readonly JobToAdd[],
): Promise<ReadonlyMap<string, string>> {
  const told = jobs.map(({ id, job: { type, dedupeKey } }) => ({ id, type, dedupeKey }));
  const { rows } = await query<{ id: string; standing: string }>(
    `select told.id, j.id as standing from json_to_recordset($2::json) as told (id text, type text, "dedupeKey" text)
     join {s}.jobs_list j on j.library_id = $1 and j.type = told.type and j.dedupe_key = told."dedupeKey"
       and j.state in ('pending', 'running', 'paused', 'waiting-for-user')`,
    [libraryId, JSON.stringify(told)],
  );
  return new Map(rows.map(({ id, standing }) => [id, standing]));
}
