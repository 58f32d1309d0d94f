import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Whether one entry of a NO_PROXY list covers a host (lower case, without brackets and trailing dot) and a port. */
type NoProxyEntry = (host: string, port: number) => boolean;

/**
 * Reads a NO_PROXY list: entries separated by commas or spaces, each with an optional `:port`. `example.com` and
 * `.example.com` cover the domain and what is below it, `*.example.com` only what is below it, `*` everything;
 * `10.0.0.0/8` covers the addresses of a network when the host is an address.
 *
 * @returns whether a URL is reached without a proxy
 */
export function parseNoProxy(list: string): (url: URL) => boolean {
  const entries = list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map((entry) => parseEntry(entry.toLowerCase()));
  return (url) => {
    const host = withoutBrackets(url.hostname).replace(/\.$/, '');
    const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
    return entries.some((covers) => covers(host, port));
  };
}

function parseEntry(entry: string): NoProxyEntry {
  const [, hostAndPort, portText] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  const pattern = withoutBrackets(hostAndPort ?? entry).replace(/\.$/, '');
  const covers = parsePattern(pattern);
  if (portText === undefined) return covers;
  return (host, port) => port === Number(portText) && covers(host, port);
}

function parsePattern(pattern: string): NoProxyEntry {
  if (pattern === '*') return () => true;
  if (ipaddr.isValidCIDR(pattern)) {
    const [network, bits] = ipaddr.parseCIDR(pattern);
    return (host) => {
      const address = isIP(host) === 0 ? undefined : ipaddr.process(host);
      return address?.kind() === network.kind() && address.match(network, bits);
    };
  }
  if (isIP(pattern) !== 0) {
    const address = ipaddr.process(pattern).toString();
    return (host) => isIP(host) !== 0 && ipaddr.process(host).toString() === address;
  }
  const domain = pattern.replace(/^\*?\./, '');
  if (domain === '') return () => false;
  const isBelowOnly = pattern.startsWith('*');
  return (host) => host.endsWith(`.${domain}`) || (!isBelowOnly && host === domain);
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
