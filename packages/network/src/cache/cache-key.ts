import { createHash } from 'node:crypto';
import type { BodyKind } from '../body/read-answer.ts';
import type { HttpReadRequest } from '../client/http-client-request.ts';
import { isGenericHeader } from '../headers/headers-for-hop.ts';

/** What makes two requests the same. */
export interface RequestIdentity {
  /** 64 hex. Of everything that may change the answer, credentials included: another token gets another key. */
  readonly key: string;
  /** Whether the request tells who asks. */
  readonly hasCredentials: boolean;
}

/** What {@link identify} looks at. */
export interface IdentifyOptions {
  readonly kind: BodyKind;
  readonly url: URL;
  readonly request: HttpReadRequest;
  readonly credentialsFor: (origin: string) => string | undefined;
}

/** Tells requests apart. Headers that are not known to be harmless count as credentials. */
export function identify({ kind, url, request, credentialsFor }: IdentifyOptions): RequestIdentity {
  const headers = Object.entries(request.headers ?? {})
    .map(([name, value]): [string, string] => [name.toLowerCase(), value])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const credentials = credentialsFor(url.origin);
  const parts = [kind, request.method ?? 'GET', url.href, request.redirect ?? 'follow', headers, credentials ?? null];
  return {
    key: createHash('sha256').update(JSON.stringify(parts)).digest('hex'),
    hasCredentials: credentials !== undefined || headers.some(([name]) => !isGenericHeader(name)),
  };
}
