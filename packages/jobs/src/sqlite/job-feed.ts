import { ModelkeepError } from '@modelkeep/core';
import type { JobChanges } from '../ports/job-changes.ts';
import type { FollowJobsOptions } from '../ports/job-store.ts';
import type { JobState } from '../ports/job.ts';
import { isoTime } from './job-of-row.ts';
import type { JobsContext } from './jobs-context.ts';
import { storedInteger } from './stored-integer.ts';

const PAGE = 1_000;
const POLL_MS = 25;
const CURSOR = /^([0-9a-f]{32})\.(\d{1,15})$/u;

/** @internal */
export async function jobChangesSince(
  { database }: JobsContext,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<JobChanges> {
  const place = cursor === null ? null : CURSOR.exec(cursor);
  if (cursor !== null && place === null) {
    throw new ModelkeepError('core.invalid-argument', {
      message: 'this is no cursor of the changes of jobs',
      facts: { argument: 'cursor', found: cursor },
    });
  }
  const log = await database.get<{ generation: string; last: number; first: number }>(
    `select (select value from jobs_facts where name = 'generation') as generation,
      coalesce((select seq from sqlite_sequence where name = 'jobs_changes'), 0) as last,
      coalesce((select min(seq) from jobs_changes), 1) as first`,
    [],
    { signal },
  );
  const { generation = '', last = 0, first = 1 } = log ?? {};
  const after = Number(place?.[2] ?? 0);
  if (place === null || place[1] !== generation || after > last || after < first - 1) {
    return { changes: [], cursor: `${generation}.${last}`, resync: true };
  }
  const rows = await database.all<{ seq: number; jobId: string; type: string; state: JobState; at_ms: number }>(
    `select seq, job_id as jobId, type, state, ${storedInteger('at_ms')} from jobs_changes where seq > ? order by seq limit ${PAGE}`,
    [after],
    { signal },
  );
  return {
    changes: rows.map(({ jobId, type, state, at_ms: atMs }) => ({ jobId, type, state, at: isoTime(atMs) })),
    cursor: `${generation}.${rows.at(-1)?.seq ?? after}`,
    resync: false,
  };
}

/** @internal Looks whether another connection has written, which costs next to nothing. */
export async function* watchJobs(
  context: JobsContext,
  { since, signal }: FollowJobsOptions = {},
): AsyncGenerator<JobChanges> {
  let cursor = since ?? null;
  let seen = -1;
  for (;;) {
    const version = await context.database.get<{ data_version: number }>('pragma data_version', [], { signal });
    if (version?.data_version !== seen) {
      seen = version?.data_version ?? -1;
      for (let isLast = false; !isLast;) {
        const page = await jobChangesSince(context, cursor, signal);
        cursor = page.cursor;
        isLast = page.resync || page.changes.length < PAGE;
        if (page.resync || page.changes.length > 0) yield page;
      }
    }
    await context.clock.sleep(POLL_MS, signal);
  }
}
