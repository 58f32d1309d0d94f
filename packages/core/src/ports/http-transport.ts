/** Header names in lower case; a header that came several times is joined with `, `. */
export type HttpHeaders = Readonly<Record<string, string>>;

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
}

/** One answer, exactly as it came in: a redirect is an answer. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** The raw bytes. A caller that does not read to the end calls `return()` on its iterator, or aborts. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** The way to the network. Never follows a redirect, never retries, never decodes. */
export interface HttpTransport {
  send(request: HttpRequest): Promise<HttpResponse>;
  close?(): Promise<void>;
}
