import { sharedStateContract } from '@modelkeep/testing';
import { describe, it } from 'vitest';
import { usePostgres } from '../postgres.test-helper.ts';
import { openPostgresState } from './open-postgres-state.ts';

const postgres = usePostgres();

describe('shared state on Postgres', () => {
  it.each(sharedStateContract)('$title', async ({ run }) => {
    const connectionString = await postgres().createDatabase();
    await run({
      sharesLibraries: true,
      hasBackup: async (backup) => {
        const rows = await postgres().run(`select 1 from ${backup}.progress`, connectionString);
        return rows.length > 0;
      },
      open: ({ libraryId = '01990000-0000-7000-8000-00000000000a', clock } = {}) =>
        openPostgresState({ connectionString, libraryId, clock, tokenKey: new Uint8Array(32).fill(7) }),
    });
  });
});
