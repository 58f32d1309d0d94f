import type { JobBeat } from '@modelkeep/jobs';
import type { Query } from '../connection/postgres-connection.ts';

const KEPT_LINES = 1_000;
const MAX_MESSAGE_LENGTH = 4_000;

/** @internal The lines of a beat, as a statement takes them. */
export function linesOf({ lines = [] }: JobBeat): readonly object[] {
  return lines.map(({ at, level, message }) => ({
    at: Date.parse(at) || 0,
    level,
    // No text of a Postgres has a NUL, or half a character.
    message: message.slice(0, MAX_MESSAGE_LENGTH).replaceAll('\0', '\uFFFD').toWellFormed(),
  }));
}

/** @internal Writes the lines of the rows of `held`, which others wait for: numbers of a job are committed in their order. */
export const writeLines = `insert into {s}.jobs_lines (job_id, at_ms, level, message)
  select held.id, line.at, line.level, line.message
  from held cross join lateral json_to_recordset(held.lines) as line (at float8, level text, message text)`;

/** @internal */
export async function trimLines(query: Query, beats: readonly JobBeat[]): Promise<void> {
  const ids = beats.filter(({ lines = [] }) => lines.length > 0).map(({ id }) => id);
  if (ids.length === 0) return;
  await query(
    `delete from {s}.jobs_lines l using (
       select id, (select number from {s}.jobs_lines where job_id = id order by number desc offset ${KEPT_LINES} limit 1) as last
       from unnest($1::text[]) as told (id)) kept
     where l.job_id = kept.id and l.number <= kept.last`,
    [ids],
  );
}
