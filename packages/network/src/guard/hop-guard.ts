import { ModelkeepError } from '@modelkeep/core';
import { blockedError } from './blocked-error.ts';
import { judgeHost } from './judge-host.ts';

/**
 * Judges the hops of one attempt, in order, before they are sent.
 *
 * @returns what the transport may connect to
 * @throws `network.blocked`
 */
export type HopGuard = (url: URL) => 'allow' | 'refuse';

/**
 * Makes the guard of a client.
 *
 * A hop is granted by its exact origin, or because the hop before it was granted and has the same host: a machine that
 * is trusted reaches its own ports without our help.
 *
 * @returns what starts an attempt
 * @throws `core.invalid-argument` for what is no http or https origin
 */
export function createHopGuard(privateOrigins: readonly string[] | 'all'): () => HopGuard {
  if (privateOrigins === 'all') return () => () => 'allow';
  const granted = new Set(privateOrigins.map((text, index) => originOf(text, index)));
  return () => {
    let grantedHost: string | undefined;
    return (url) => {
      if (granted.has(url.origin) || url.hostname === grantedHost) {
        grantedHost = url.hostname;
        return 'allow';
      }
      grantedHost = undefined;
      const block = judgeHost(url.hostname);
      if (block !== undefined) throw blockedError(url, block);
      return 'refuse';
    };
  };
}

function originOf(text: string, index: number): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.origin;
  throw new ModelkeepError('core.invalid-argument', {
    message: `privateOrigins[${index}] is no http or https origin`,
    facts: { argument: `privateOrigins[${index}]`, found: text },
    hint: "Give scheme, host and port: 'http://192.168.1.5:8080'.",
  });
}
