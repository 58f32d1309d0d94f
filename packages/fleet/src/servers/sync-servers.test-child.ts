import { isModelkeepError } from '@modelkeep/core';
import { createSqlite } from '@modelkeep/sqlite';
import { madeItem, madeItems, madeSha256 } from '../contract/servers/made-items.ts';
import { createSqliteServers } from './sqlite/create-sqlite-servers.ts';
import { serversMigrations } from './sqlite/servers-migrations.ts';

/**
 * `add`: adds models of its own to what a server has, one sync each. `flip`: lets a server have one of two inventories in
 * turn, until it is killed.
 */
const [work = '', path = '', number = '0'] = process.argv.slice(2);
const sqlite = createSqlite({ size: 1 });
const database = await sqlite.open({ path, migrations: [serversMigrations] });
const servers = createSqliteServers({ database });
if (work === 'add') {
  const first = Number(number) * 1_000;
  for (let step = 0; step < 25;) {
    const { inventory: base } = await servers.get('shared');
    try {
      const gone = step > 0 && step % 5 === 0 ? [madeSha256(first + step - 1)] : [];
      await servers.sync('shared', { kind: 'delta', base, put: [madeItem(first + step)], gone });
      step += 1;
    } catch (error) {
      if (!isModelkeepError(error, 'fleet.inventory-outdated')) throw error;
    }
  }
} else {
  process.stdout.write('syncing\n');
  for (let round = 0; ; round += 1) {
    const { inventory: base } = await servers.get('shared');
    await servers.sync('shared', { kind: 'full', base, items: madeItems(600, (round % 2) * 10_000) });
  }
}
await sqlite.close();
