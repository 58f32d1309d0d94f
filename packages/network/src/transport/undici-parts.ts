import type { Agent, buildConnector } from 'undici';

/** The parts of undici that are used. */
export interface UndiciParts {
  readonly Agent: typeof Agent;
  readonly buildConnector: typeof buildConnector;
}

/**
 * Imports these two alone: all of undici (fetch, web sockets, caches, mocks) takes 12 MB more, and twice the time. Their files
 * have no promise of undici's to stay where they are, so the whole of it is the other way.
 */
export async function importUndici(): Promise<UndiciParts> {
  try {
    const [agent, connect] = await Promise.all([
      // @ts-expect-error undici has types for its index only
      import('undici/lib/dispatcher/agent.js') as Promise<{ default: typeof Agent }>,
      // @ts-expect-error as above
      import('undici/lib/core/connect.js') as Promise<{ default: typeof buildConnector }>,
    ]);
    return { Agent: agent.default, buildConnector: connect.default };
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error;
    return import('undici');
  }
}
