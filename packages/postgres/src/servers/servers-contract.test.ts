import { newId } from '@modelkeep/core';
import { serversContract, startPostgres, type TestPostgres } from '@modelkeep/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openPostgresState } from '../state/open-postgres-state.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

describe('servers on Postgres', () => {
  it.each(serversContract)('$title', async ({ run }) => {
    const connectionString = await postgres.createDatabase();
    const opened: AsyncDisposable[] = [];
    try {
      await run({
        open: async ({ clock } = {}) => {
          const { servers, state } = await openPostgresState({ connectionString, libraryId: newId(), clock });
          opened.push(state);
          return servers;
        },
      });
    } finally {
      for (const one of opened) await one[Symbol.asyncDispose]();
    }
  });
});
