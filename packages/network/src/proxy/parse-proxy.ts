import { isIP } from 'node:net';
import { ModelkeepError, redactUrl } from '@modelkeep/core';

/** A proxy. */
export interface Proxy {
  readonly protocol: 'http:' | 'https:';
  /** Without the brackets of IPv6. */
  readonly hostname: string;
  /** The name for TLS: nothing for an address (RFC 6066, 3), which is then compared itself. */
  readonly servername: string;
  readonly port: number;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Value of `proxy-authorization`, from the user and password of the URL. */
  readonly authorization: string | undefined;
}

/**
 * Reads the URL of a proxy. One without a scheme is taken as http.
 *
 * @throws `core.invalid-argument` for what is no http or https URL
 */
export function parseProxy(text: string): Proxy {
  const address = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const found = url === undefined ? 'a text that is no URL' : redactUrl(url);
    throw new ModelkeepError('core.invalid-argument', {
      message: `The proxy ${found} is not an http or https URL`,
      facts: { argument: 'proxy', found },
      hint: 'Proxies over http and https are supported, SOCKS is not. Many SOCKS proxies speak HTTP on another port.',
    });
  }
  const { protocol, username, password, origin } = url;
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  return {
    protocol,
    hostname,
    servername: isIP(hostname) === 0 ? hostname : '',
    port: Number(url.port) || (protocol === 'https:' ? 443 : 80),
    origin,
    authorization: username === '' && password === '' ? undefined : basic(username, password),
  };
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`;
}

/** A password may hold a percent sign that nobody has encoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
