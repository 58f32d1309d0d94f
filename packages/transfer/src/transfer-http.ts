import type { HttpHeaders } from '@modelkeep/core';

/** One request of the download engine. */
export interface TransferRequest {
  readonly url: string;
  /** Of an address that earlier redirects led to: where they came from. */
  readonly redirectedFrom?: readonly string[] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The engine tries again by itself: it knows what is on disk. */
  readonly retry?: false | undefined;
  /** Several parts of a file over one HTTP/2 connection would share its window: an HTTP/1.1 connection each is asked for. */
  readonly http2?: false | undefined;
  readonly endpointClass?: 'resolve' | undefined;
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
  /** Takes the memory of a chunk that nobody looks at any more. */
  readonly giveBack?: ((chunk: Uint8Array) => void) | undefined;
}

/** What the download engine needs of an HTTP client: the client of `@modelkeep/network` has it. */
export interface TransferHttp {
  /** Is told that a request follows soon. */
  prepare?(): void;
  /** Follows redirects; answers whatever the status is. */
  request(request: TransferRequest): Promise<TransferAnswer>;
}
