import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import type { SharedState, StateCall, TokenFacts } from '@modelkeep/fleet';
import type { HubClient } from '@modelkeep/hf-client';
import { tokenNow, type GivenToken } from './credentials.ts';
import type { RunningOperations } from '../workspace/running-operations.ts';

/** The tokens of sites, which can be set, deleted and told of, and never read. */
export interface TokenKeeping {
  /**
   * Keeps a token. It goes to its origin alone, and only where none was given when the library was opened.
   *
   * @param site - `huggingface` or `civitai`: the one that this library asks; or an origin such as `https://hub.example`
   * @throws `core.invalid-argument`, `fleet.secrets-refused`, `library.read-only`
   */
  set(site: string, value: string, options?: StateCall): Promise<TokenFacts>;
  /** @returns whether there was one */
  delete(site: string, options?: StateCall): Promise<boolean>;
  list(options?: StateCall): Promise<readonly TokenFacts[]>;
  /**
   * Asks the hub whether it takes the token, and notes the answer.
   *
   * @throws `core.invalid-argument` where there is none, or another one was given when the library was opened; `network.*`,
   * `hub.*`
   */
  check(site: string, options?: StateCall): Promise<TokenFacts>;
}

/** @internal */
export interface TokenKeepingContext {
  readonly stateNow: () => SharedState;
  readonly hub: HubClient;
  readonly civitaiOrigin: string;
  /** What was given for the hub when the library was opened. */
  readonly given: GivenToken;
}

/** @internal */
export function createTokenKeeping(
  { stateNow, hub, civitaiOrigin, given }: TokenKeepingContext,
  operations: RunningOperations,
): TokenKeeping {
  const origins: Readonly<Record<string, string>> = {
    huggingface: new URL(hub.endpoint).origin,
    civitai: civitaiOrigin,
  };
  const originOf = (site: string): string => (Object.hasOwn(origins, site) ? (origins[site] ?? site) : site);
  const nameOf = (site: string): string | null => (Object.hasOwn(origins, site) ? site : null);
  const list: TokenKeeping['list'] = async ({ signal } = {}) =>
    stateNow().tokens.list({ signal: operations.join(signal) });
  return {
    set: async (site, value, { signal } = {}) =>
      stateNow().tokens.set({ origin: originOf(site), value, name: nameOf(site) }, { signal: operations.join(signal) }),
    delete: async (site, { signal } = {}) =>
      stateNow().tokens.delete(originOf(site), { signal: operations.join(signal) }),
    list,
    async check(site, options = {}) {
      const origin = originOf(site);
      if (origin !== origins['huggingface']) throw cannotCheck(site);
      if (tokenNow(given) !== undefined) throw anotherIsSent(site);
      const signal = operations.join(options.signal);
      const valid = await isTaken(hub, signal);
      await stateNow().tokens.note(origin, { valid }, { signal });
      const facts = (await list({ signal })).find((one) => one.origin === origin);
      if (facts === undefined) throw cannotCheck(site);
      return facts;
    },
  };
}

async function isTaken(hub: HubClient, signal: AbortSignal): Promise<boolean> {
  try {
    await hub.whoami({ signal });
    return true;
  } catch (error) {
    if (isModelkeepError(error, 'hub.unauthorised')) return false;
    throw error;
  }
}

function anotherIsSent(site: string): ModelkeepError<'core.invalid-argument'> {
  return new ModelkeepError('core.invalid-argument', {
    message: 'the library was opened with a token of its own, which would be asked about',
    facts: { argument: 'site', found: site },
    hint: 'open it without hub.token and HF_TOKEN',
  });
}

function cannotCheck(site: string): ModelkeepError<'core.invalid-argument'> {
  return new ModelkeepError('core.invalid-argument', {
    message: 'only a token of the hub that is set can be checked',
    facts: { argument: 'site', found: site },
  });
}
