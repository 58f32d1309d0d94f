import { systemClock, type Clock } from '@modelkeep/core';
import type { SqliteDatabase } from '@modelkeep/sqlite';
import { checkServerId } from '../check-registration.ts';
import { checkFetch, rateAfter } from '../fetch-rate.ts';
import type { Servers } from '../servers-port.ts';
import { giveUp } from './give-up.ts';
import { readAvailability } from './read-availability.ts';
import { serversReader } from './read-all-servers.ts';
import { findContents, getServer, listServers, whereIs } from './read-servers.ts';
import { hearServer, registerServer, removeServer } from './register-server.ts';
import { changesSince, watchServers } from './server-log.ts';
import { keyOf } from './sqlite-servers-context.ts';
import { syncInventory } from './sync-inventory.ts';

/** What servers are kept in. */
export interface SqliteServersOptions {
  /** Open, with {@link serversMigrations}; its owner closes it. */
  readonly database: SqliteDatabase;
  /** @default the clock of the system */
  readonly clock?: Clock | undefined;
}

/** Servers and availability in a SQLite database, for all processes of a machine. */
export function createSqliteServers({ database, clock = systemClock }: SqliteServersOptions): Servers {
  const context = { database, clock, readAllServers: serversReader(database) };
  return {
    async register(server, { signal } = {}) {
      return getServer(context, await registerServer(context, server, signal), signal);
    },
    heartbeat: (id, load, { signal } = {}) => hearServer(context, { id, load }, signal),
    list: (options) => listServers(context, options),
    get: (id, { signal } = {}) => getServer(context, id, signal),
    remove: (id, { signal } = {}) => removeServer(context, id, signal),
    sync: (id, inventory, { signal } = {}) => syncInventory(context, id, inventory, signal),
    giveUp: (id, sha256s, { signal } = {}) => giveUp(context, { id, sha256s }, signal),
    whereIs: (sha256s, { signal } = {}) => whereIs(context, sha256s, signal),
    contents: (options) => findContents(context, options),
    availability: (queries, { signal } = {}) => readAvailability(context, queries, signal),
    async recordFetch(id, fetch, { signal } = {}) {
      const key = await keyOf(context, checkServerId(id), signal);
      const sql = `update servers_list set bytes_per_second = ${rateAfter('bytes_per_second', ':rate', ':weight')}
        where key = :key`;
      await database.run(sql, { key, ...checkFetch(fetch) }, { signal });
    },
    changesSince: (cursor, { signal } = {}) => changesSince(context, cursor, signal),
    watch: (options) => watchServers(context, options),
  };
}
