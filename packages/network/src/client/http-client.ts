import type { Clock, HttpHeaders, HttpTransport, Logger } from '@modelkeep/core';

/** Times of one exchange, each in milliseconds; 0 means no limit. */
export interface HttpTimeouts {
  /** Name look-up, connect and TLS. @default 10_000 */
  readonly connectTimeoutMs?: number | undefined;
  /** From the request being sent to the answer's headers. @default 30_000 */
  readonly headersTimeoutMs?: number | undefined;
  /** Longest silence within the body. @default 30_000 */
  readonly idleTimeoutMs?: number | undefined;
}

/** When and how long to wait before a request is sent again. */
export interface RetryOptions {
  /** How often a request is sent at most, the first time included. @default 3 */
  readonly attempts?: number | undefined;
  /** Upper bound of the first random wait, in milliseconds; it doubles with each attempt. @default 500 */
  readonly baseDelayMs?: number | undefined;
  /** Upper bound of any random wait, in milliseconds. @default 30_000 */
  readonly maxDelayMs?: number | undefined;
  /** The longest wait that a server may ask for, in milliseconds. @default 600_000 */
  readonly maxWaitMs?: number | undefined;
}

/** Makes a {@link HttpClient}. */
export interface HttpClientOptions {
  /** The way to the network. One that is passed in is not closed by the client. @default `createUndiciTransport()` */
  readonly transport?: HttpTransport | undefined;
  /**
   * The value of the `authorization` header for an origin such as `https://huggingface.co`, or undefined. Asked anew
   * before each hop of each attempt, with the exact origin the request goes to.
   */
  readonly credentialsFor?: ((origin: string) => string | undefined) | undefined;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
  readonly timeouts?: HttpTimeouts | undefined;
  readonly retry?: RetryOptions | undefined;
  /** @default 'modelkeep' */
  readonly userAgent?: string | undefined;
  /** A number from 0 to below 1, for the jitter of the waits. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** One logical request. */
export interface HttpClientRequest {
  /** @default 'GET' */
  readonly method?: 'GET' | 'HEAD' | 'POST' | undefined;
  /** Absolute, http or https, without user and password. */
  readonly url: string;
  /**
   * `accept`, `range`, `user-agent` and the conditional headers go to every hop; all others only to the exact origin
   * of `url`. `accept-encoding` is always `identity`.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** `manual` answers a redirect as it is. @default 'follow' */
  readonly redirect?: 'follow' | 'manual' | undefined;
  /** False sends once, as is always done with a POST; a limit known to be used up is waited for all the same. @default true */
  readonly retry?: boolean | RetryOptions | undefined;
  readonly timeouts?: HttpTimeouts | undefined;
}

/** A request whose body is read to its end. */
export interface HttpReadRequest extends HttpClientRequest {
  /** A longer body is refused. @default 67_108_864 */
  readonly maxBytes?: number | undefined;
}

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
}

/** An answer that was read as JSON. */
export interface JsonResult extends HttpAnswer {
  /** What a 2xx answer holds; of other answers what could be read as JSON, else undefined. */
  readonly value: unknown;
}

/** An answer that was read as UTF-8 text. */
export interface TextResult extends HttpAnswer {
  readonly text: string;
}

/**
 * An HTTP client with its own redirects, retries and rate limits.
 *
 * **What is answered and what is thrown**: every answer of a server is returned, whatever its status; when retries are
 * exhausted on a status, the last answer is returned. Thrown is what is no answer: `network.connection`,
 * `network.timeout`, `network.offline`, `network.redirect` (a redirect that is not followed), `network.rate-limited`
 * (the server asks for a longer wait than `maxWaitMs`), `network.body`, `core.invalid-argument`, `core.closed`.
 * An abort throws `signal.reason`.
 */
export interface HttpClient extends AsyncDisposable {
  /** Answers when the headers are there. Retries cover the time until then; the body is the caller's. */
  request(request: HttpClientRequest): Promise<HttpResult>;
  /**
   * Reads JSON; retries cover headers and body.
   *
   * @throws `network.body` for a 2xx answer that is not JSON (a captive portal's web page), is broken, or is too large
   */
  json(request: HttpReadRequest): Promise<JsonResult>;
  /**
   * Reads UTF-8 text; retries cover headers and body.
   *
   * @throws `network.body` for a body that is too large, cut short or encoded
   */
  text(request: HttpReadRequest): Promise<TextResult>;
  /** Ends what is under way with `core.closed`. */
  close(): Promise<void>;
}
