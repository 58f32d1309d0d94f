import { ModelkeepError } from '@modelkeep/core';
import type { ListJobsOptions } from '../ports/job-store.ts';

const MAX_LIMIT = 1_000;

/** Which page of a list is asked for: so many before a number, null for the first. @throws `core.invalid-argument` */
export function checkJobList({ cursor, limit = 100 }: ListJobsOptions): {
  readonly limit: number;
  readonly before: number | null;
} {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) throw refused('limit', limit);
  if (cursor !== undefined && !/^\d{1,15}$/u.test(cursor)) throw refused('cursor', cursor);
  return { limit, before: cursor === undefined ? null : Number(cursor) };
}

function refused(argument: string, found: unknown): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `${argument} is not what a list of jobs takes`,
    facts: { argument, found },
  });
}
