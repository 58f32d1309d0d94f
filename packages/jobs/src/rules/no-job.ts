import { ModelkeepError } from '@modelkeep/core';

/** What engines throw for an id that names no job. */
export function noJob(id: string): ModelkeepError<'jobs.not-found'> {
  return new ModelkeepError('jobs.not-found', { message: `there is no job ${id}`, facts: { id } });
}
