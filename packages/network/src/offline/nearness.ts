import { judgeHost } from '../guard/judge-host.ts';

/**
 * Makes the test whether a URL can be reached without a network: its host is this machine or one beside it by its
 * address or name, or its origin was granted as private.
 */
export function createNearness(privateOrigins: readonly string[] | 'all'): (url: URL) => boolean {
  const texts = privateOrigins === 'all' ? [] : privateOrigins.filter((text) => URL.canParse(text));
  const granted = new Set(texts.map((text) => new URL(text).origin));
  return (url) => granted.has(url.origin) || judgeHost(url.hostname) !== undefined;
}
