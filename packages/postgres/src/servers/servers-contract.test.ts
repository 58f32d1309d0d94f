import { newId } from '@modelkeep/core';
import { serversContract } from '@modelkeep/fleet/contract';
import { beforeAll, describe, it } from 'vitest';
import { usePostgres } from '../postgres.test-helper.ts';
import { openPostgresState } from '../state/open-postgres-state.ts';

const postgres = usePostgres();

describe('servers on Postgres', () => {
  let connectionString: string;
  let cases = 0;
  beforeAll(async () => {
    connectionString = await postgres().createDatabase();
  });

  it.each(serversContract)('$title', async ({ run }) => {
    const schema = `case_${(cases += 1)}`;
    const opened: AsyncDisposable[] = [];
    try {
      await run({
        open: async ({ clock } = {}) => {
          const { servers, state } = await openPostgresState({ connectionString, schema, libraryId: newId(), clock });
          opened.push(state);
          return servers;
        },
      });
    } finally {
      for (const one of opened) await one[Symbol.asyncDispose]();
    }
  });
});
