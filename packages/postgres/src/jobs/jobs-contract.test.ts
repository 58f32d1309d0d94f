import { newId } from '@modelkeep/core';
import { jobsContract } from '@modelkeep/jobs/contract';
import { beforeAll, describe, it } from 'vitest';
import { openState, usePostgres } from '../postgres.test-helper.ts';

const postgres = usePostgres();

describe('jobs on Postgres', () => {
  let connectionString: string;
  beforeAll(async () => {
    connectionString = await postgres().createDatabase();
  });

  // The queue of each case is that of a library of its own, in the same tables.
  it.each(jobsContract)('$title', async ({ run }) => {
    const libraryId = newId();
    await run({ open: async ({ clock } = {}) => (await openState(connectionString, { libraryId, clock })).jobs });
  });
});
