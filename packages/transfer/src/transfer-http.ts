import type { HttpHeaders } from '@modelkeep/core';

/** One request of the download engine. */
export interface TransferRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The engine tries again by itself: it knows what is on disk. */
  readonly retry?: false | undefined;
}

/** An answer whose body is still to come. */
export interface TransferAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: HttpHeaders;
  /** Where it came from, behind all redirects. */
  readonly url: string;
  /** The redirects that led there. */
  readonly hops: readonly { readonly url: string; readonly headers: HttpHeaders }[];
  /** The raw bytes, to be read once; leaving the loop early frees the connection. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** What the download engine needs of an HTTP client: the client of `@modelkeep/network` has it. */
export interface TransferHttp {
  /** Follows redirects; answers whatever the status is. */
  request(request: TransferRequest): Promise<TransferAnswer>;
}
