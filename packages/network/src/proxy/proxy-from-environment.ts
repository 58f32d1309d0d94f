import { judgeHost } from '../guard/judge-host.ts';
import { parseNoProxy } from './no-proxy.ts';

/**
 * The proxies that the environment asks for, as a `proxyFor`: `HTTP_PROXY` for http, `HTTPS_PROXY` for https,
 * `ALL_PROXY` where those are not set, none for what `NO_PROXY` lists (domains with everything below them, `*`,
 * addresses, networks such as `10.0.0.0/8`, each with an optional port) and for `localhost` and loopback addresses, which
 * a proxy cannot reach. Lower-case names come first, an empty value is
 * the same as none. The upper-case `HTTP_PROXY` is left alone in a CGI program, where a client of the server sets it.
 *
 * The environment is read once, here.
 *
 * @example
 * ```ts
 * import { createHttpClient, proxyFromEnvironment } from '@modelkeep/network';
 *
 * const http = createHttpClient({ proxyFor: proxyFromEnvironment(process.env) });
 * ```
 */
export function proxyFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): (url: string) => string | undefined {
  const value = (name: string): string | undefined => {
    const isForged = name === 'http_proxy' && environment['REQUEST_METHOD'] !== undefined;
    return valueOf(environment[name]) ?? (isForged ? undefined : valueOf(environment[name.toUpperCase()]));
  };
  const fallback = value('all_proxy');
  const http = value('http_proxy') ?? fallback;
  const https = value('https_proxy') ?? fallback;
  const isDirect = parseNoProxy(value('no_proxy') ?? '');
  return (url) => {
    const target = new URL(url);
    const proxy = target.protocol === 'https:' ? https : http;
    return proxy === undefined || isThisMachine(target.hostname) || isDirect(target) ? undefined : proxy;
  };
}

function isThisMachine(hostname: string): boolean {
  const reason = judgeHost(hostname)?.reason;
  return reason === 'loopback' || /(?:^|\.)localhost\.?$/.test(hostname);
}

function valueOf(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}
