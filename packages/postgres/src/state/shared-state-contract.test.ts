import { sharedStateContract } from '@modelkeep/fleet/contract';
import { beforeAll, describe, it } from 'vitest';
import { usePostgres } from '../postgres.test-helper.ts';
import { openPostgresState } from './open-postgres-state.ts';

const postgres = usePostgres();

describe('shared state on Postgres', () => {
  let connectionString: string;
  let cases = 0;
  beforeAll(async () => {
    connectionString = await postgres().createDatabase();
  });

  it.each(sharedStateContract)('$title', async ({ run }) => {
    const schema = `case_${(cases += 1)}`;
    await run({
      sharesLibraries: true,
      hasBackup: async (backup) => {
        const rows = await postgres().run(`select 1 from ${backup}.progress`, connectionString);
        return rows.length > 0;
      },
      open: ({ libraryId = '01990000-0000-7000-8000-00000000000a', clock } = {}) =>
        openPostgresState({ connectionString, schema, libraryId, clock, tokenKey: new Uint8Array(32).fill(7) }),
    });
  });
});
