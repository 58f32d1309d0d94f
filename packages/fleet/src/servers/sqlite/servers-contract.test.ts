import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqlite } from '@modelkeep/sqlite';
import { serversContract } from '../../contract/servers/servers-contract.ts';
import { describe, it } from 'vitest';
import { createSqliteServers } from './create-sqlite-servers.ts';
import { serversMigrations } from './servers-migrations.ts';

describe('servers on SQLite', () => {
  it.each(serversContract)('$title', async ({ run }) => {
    const folder = await mkdtemp(join(tmpdir(), 'modelkeep-servers-'));
    const sqlite = createSqlite({ size: 2 });
    try {
      await run({
        open: async ({ clock } = {}) => {
          const database = await sqlite.open({ path: join(folder, 'fleet.db'), migrations: [serversMigrations] });
          return createSqliteServers({ database, clock });
        },
      });
    } finally {
      await sqlite.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
