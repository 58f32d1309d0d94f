import type { HttpHeaders } from '@modelkeep/core';

const MAX_HEADER_CHARS = 1_024;

/** What `Cache-Control` says to a cache that belongs to one user (RFC 9111, 5.2.2). */
export interface CacheControl {
  readonly noStore: boolean;
  readonly isPrivate: boolean;
  /** `no-cache` or `must-revalidate`: never to be used in place of an answer that the server did not give. */
  readonly neverStale: boolean;
  readonly noCache: boolean;
  /** Null where it is not said. */
  readonly maxAgeMs: number | null;
}

/** Reads the directives; those with a list of fields count as if they stood alone. */
export function parseCacheControl(headers: HttpHeaders): CacheControl {
  const text = (headers['cache-control'] ?? '').slice(0, MAX_HEADER_CHARS).toLowerCase();
  const directives = text.split(',').map((directive) => directive.trim());
  const has = (name: string): boolean =>
    directives.some((directive) => directive === name || directive.startsWith(`${name}=`));
  const seconds = directives.map((directive) => /^max-age="?(\d{1,9})"?$/.exec(directive)?.[1]).find(Boolean);
  const noCache = has('no-cache');
  return {
    noStore: has('no-store'),
    isPrivate: has('private'),
    noCache,
    neverStale: noCache || has('must-revalidate'),
    maxAgeMs: seconds === undefined ? null : Number(seconds) * 1_000,
  };
}
