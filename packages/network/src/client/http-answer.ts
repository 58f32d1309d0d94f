import type { HttpHeaders } from '@modelkeep/core';

/** A redirect that was followed. */
export interface HttpHop {
  /** Where the redirect came from. May carry a signature: redact it before it is shown. */
  readonly url: string;
  readonly status: number;
  readonly headers: HttpHeaders;
}

/** What every answer tells. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: HttpHeaders;
  /** Where the answer came from. May carry a signature: redact it before it is shown. */
  readonly url: string;
  /** The redirects that led there, in order. */
  readonly hops: readonly HttpHop[];
}

/** An answer whose body is still to come. */
export interface HttpResult extends HttpAnswer {
  /** Raw bytes, to be read once. Read to the end, leave the loop early, or abort: each frees the connection. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Takes the memory of a chunk that nobody looks at any more; never needed. */
  readonly giveBack?: ((chunk: Uint8Array) => void) | undefined;
}

/**
 * Where an answer came from: `no` from the server, `fresh` from the cache without a request, `revalidated` from the cache
 * after the server said that it has not changed, `stale` from the cache because the server could not be asked or failed.
 */
export type CachedState = 'no' | 'fresh' | 'revalidated' | 'stale';

/** An answer that was read as JSON. */
export interface JsonResult extends HttpAnswer {
  readonly cached: CachedState;
  /** What a 2xx answer holds; of other answers what could be read as JSON, else undefined. */
  readonly value: unknown;
}

/** An answer that was read as UTF-8 text. */
export interface TextResult extends HttpAnswer {
  readonly cached: CachedState;
  readonly text: string;
}
