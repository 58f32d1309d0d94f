import { isModelkeepError } from '@modelkeep/core';
import type { Servers } from '@modelkeep/fleet';
import type { OwnServers } from './open-servers.ts';

/** @internal A store that is opened by the first call, and anew where its file is damaged or was replaced. */
export function whenOpened(own: Pick<OwnServers, 'open' | 'renew'>): Servers {
  /** Sees to it that there is a file to go on with. */
  const goOn = async (met: Servers, error: unknown): Promise<void> => {
    if (isLost(error)) await own.renew(met);
    // Another call has met it, and its file was closed under this one.
    else if (!isModelkeepError(error, 'core.closed') || (await own.open()) === met) throw error;
  };
  const call = async <T>(work: (servers: Servers) => Promise<T>): Promise<T> => {
    const servers = await own.open();
    try {
      return await work(servers);
    } catch (error) {
      await goOn(servers, error);
      return work(await own.open());
    }
  };
  return {
    register: (...args) => call((servers) => servers.register(...args)),
    heartbeat: (...args) => call((servers) => servers.heartbeat(...args)),
    list: (...args) => call((servers) => servers.list(...args)),
    get: (...args) => call((servers) => servers.get(...args)),
    remove: (...args) => call((servers) => servers.remove(...args)),
    sync: (...args) => call((servers) => servers.sync(...args)),
    giveUp: (...args) => call((servers) => servers.giveUp(...args)),
    whereIs: (...args) => call((servers) => servers.whereIs(...args)),
    contents: (...args) => call((servers) => servers.contents(...args)),
    availability: (...args) => call((servers) => servers.availability(...args)),
    recordFetch: (...args) => call((servers) => servers.recordFetch(...args)),
    changesSince: (...args) => call((servers) => servers.changesSince(...args)),
    // A feed goes on in the file that takes the place of its own; a cursor of that one is none here, so it asks for a new start.
    async *watch(options = {}) {
      let { since } = options;
      for (;;) {
        const servers = await own.open();
        try {
          for await (const page of servers.watch({ ...options, since })) {
            yield page;
            since = page.cursor;
          }
          return;
        } catch (error) {
          await goOn(servers, error);
        }
      }
    },
  };
}

function isLost(error: unknown): boolean {
  if (isModelkeepError(error, 'sqlite.corrupt')) return true;
  return isModelkeepError(error, 'sqlite.failed') && error.facts.sqliteCode === 'SQLITE_READONLY_DBMOVED';
}
