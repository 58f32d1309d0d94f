import type { Servers } from '@modelkeep/fleet';

/** @internal A store that is opened by the first call. */
export function whenOpened(open: () => Promise<Servers>): Servers {
  return {
    register: async (...args) => (await open()).register(...args),
    heartbeat: async (...args) => (await open()).heartbeat(...args),
    list: async (...args) => (await open()).list(...args),
    get: async (...args) => (await open()).get(...args),
    remove: async (...args) => (await open()).remove(...args),
    sync: async (...args) => (await open()).sync(...args),
    giveUp: async (...args) => (await open()).giveUp(...args),
    whereIs: async (...args) => (await open()).whereIs(...args),
    contents: async (...args) => (await open()).contents(...args),
    availability: async (...args) => (await open()).availability(...args),
    recordFetch: async (...args) => (await open()).recordFetch(...args),
    changesSince: async (...args) => (await open()).changesSince(...args),
    async *watch(options) {
      yield* (await open()).watch(options);
    },
  };
}
