import { checkFetch, checkServerId, noServer, rateAfter, type Servers } from '@modelkeep/fleet';
import { giveUp } from './give-up.ts';
import { readAvailability } from './read-availability.ts';
import { serversReader } from './read-all-servers.ts';
import { findContents, getServer, listServers, whereIs } from './read-servers.ts';
import { hearServer, registerServer, removeServer } from './register-server.ts';
import { changesSince, watchServers } from './server-log.ts';
import type { ServersContext } from './servers-context.ts';
import { syncInventory } from './sync-inventory.ts';

/** @internal */
export function postgresServers(context: ServersContext): Servers {
  const looking = { ...context, readAllServers: serversReader(context.connection) };
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
    availability: (queries, { signal } = {}) => readAvailability(looking, queries, signal),
    async recordFetch(id, fetch, { signal } = {}) {
      const { rate, weight } = checkFetch(fetch);
      const rows = await context.connection.query(
        `update {s}.servers_list
         set bytes_per_second = ${rateAfter('bytes_per_second', '$2::float8', '$3::float8')} where id = $1 returning 1`,
        [checkServerId(id), rate, weight],
        signal,
      );
      if (rows.length === 0) throw noServer(id);
    },
    changesSince: (cursor, { signal } = {}) => changesSince(context, cursor, signal),
    watch: (options) => watchServers(context, options),
  };
}
