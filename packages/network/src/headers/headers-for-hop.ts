import type { HttpHeaders } from '@modelkeep/core';
import { checkHeaderValue } from './check-headers.ts';

/** Headers that say nothing about who asks, and so may go to any origin. */
const GENERIC = new Set([
  'accept',
  'accept-language',
  'content-type',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
  'user-agent',
]);

/** Whether a header, its name in lower case, says nothing about who asks. */
export function isGenericHeader(name: string): boolean {
  return GENERIC.has(name);
}

/** What {@link headersForHop} decides from. */
export interface HopHeadersOptions {
  /** Origin the hop goes to. */
  readonly origin: string;
  /** Origin of the URL that the caller gave. */
  readonly firstOrigin: string;
  /** The caller's headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly credentialsFor: (origin: string) => string | undefined;
  readonly userAgent: string;
}

/**
 * The headers of one hop: the caller's own only at the exact origin that the caller named, and the authorization that
 * belongs to the hop's origin.
 */
export function headersForHop(options: HopHeadersOptions): HttpHeaders {
  const { origin, firstOrigin, headers } = options;
  const sent = Object.create(null) as Record<string, string>;
  sent['user-agent'] = options.userAgent;
  for (const [name, value] of Object.entries(headers)) {
    if (origin === firstOrigin || GENERIC.has(name)) sent[name] = value;
  }
  if (sent['authorization'] === undefined) {
    const credentials = options.credentialsFor(origin);
    if (credentials !== undefined) sent['authorization'] = checkHeaderValue('authorization', credentials);
  }
  sent['accept-encoding'] = 'identity';
  return sent;
}
