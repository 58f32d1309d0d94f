/** Header names in lower case; a header that came several times is joined with `, `. */
export type HttpHeaders = Readonly<Record<string, string>>;

/** The slowest that a body may come in. Time that its reader takes does not count. */
export interface MinimumRate {
  /** 0 means no limit. */
  readonly bytesPerSecond: number;
  /** The time over which the rate is judged, again and again, in milliseconds. */
  readonly windowMs: number;
}

/** One request, exactly as it goes out. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: string;
  readonly headers: HttpHeaders;
  readonly body?: Uint8Array | string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Time for name look-up, connect and TLS, in milliseconds. */
  readonly connectTimeoutMs?: number | undefined;
  /** Time from the request being sent to the response's headers, in milliseconds. */
  readonly headersTimeoutMs?: number | undefined;
  /** Longest silence within the body, in milliseconds. */
  readonly idleTimeoutMs?: number | undefined;
  /** Time from `send` to the last byte of the body, in milliseconds. */
  readonly totalTimeoutMs?: number | undefined;
  readonly minimumRate?: MinimumRate | undefined;
  /** False asks for an HTTP/1.1 connection. */
  readonly http2?: boolean | undefined;
  /**
   * Whether the target may turn out to be a loopback, private, link-local or otherwise special address once its name is
   * looked up and connected to. @default 'refuse'
   */
  readonly privateAddresses?: 'allow' | 'refuse' | undefined;
}

/** How a body came to its end: `left` means that its reader left early or the request was aborted. */
export type BodyEnd =
  | { readonly kind: 'complete' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'left' };

/** One answer, exactly as it came in: a redirect is an answer. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** The raw bytes. A caller that does not read to the end calls `return()` on its iterator, or aborts. */
  readonly body: AsyncIterable<Uint8Array>;
  /**
   * Resolves when nothing more will come; never rejects. A transport may leave it out: then each chunk is watched on its
   * way to the reader, which costs a little.
   */
  readonly ended?: Promise<BodyEnd> | undefined;
  /**
   * Tells the transport that nobody looks at a chunk of the body any more, so that its memory may take the next bytes.
   * Never needed: what is not given back is left to the garbage collector. A transport may leave it out.
   */
  readonly giveBack?: ((chunk: Uint8Array) => void) | undefined;
}

/** The way to the network. Never follows a redirect, never retries, never decodes. */
export interface HttpTransport {
  send(request: HttpRequest): Promise<HttpResponse>;
  close?(): Promise<void>;
}
