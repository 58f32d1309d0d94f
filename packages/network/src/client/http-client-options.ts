import type { CacheStore, Clock, HttpTransport, Logger, MinimumRate } from '@modelkeep/core';
import type { RetryBudgetOptions } from '../retry/retry-budget.ts';

/** Times of one exchange, each in milliseconds; 0 means no limit. */
export interface HttpTimeouts {
  /** Name look-up, connect and TLS. @default 10_000 */
  readonly connectTimeoutMs?: number | undefined;
  /** From the request being sent to the answer's headers. @default 30_000 */
  readonly headersTimeoutMs?: number | undefined;
  /** Longest silence within the body. @default 30_000 */
  readonly idleTimeoutMs?: number | undefined;
  /**
   * From the call to the last byte of the body: all attempts, redirects and waits, and the time that the reader of the
   * body takes. A wait that would end after it fails at once. @default 0
   */
  readonly totalTimeoutMs?: number | undefined;
  /** The slowest that a body may come in. @default 1_024 bytes a second over 60_000 ms */
  readonly minimumRate?: MinimumRate | undefined;
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

/** What a client keeps of API answers. */
export interface HttpCacheOptions {
  /** Keeps answers beyond the process; never one that credentials were sent for. @default memory only */
  readonly store?: CacheStore | undefined;
  /** How long an answer is kept at most since the server last confirmed it, in milliseconds. @default 86_400_000 (24 h) */
  readonly ttlMs?: number | undefined;
  /** Memory for answers, in bytes. @default 33_554_432 */
  readonly maxBytes?: number | undefined;
  /**
   * For how long an answer that names no time of its own is used without asking the server, in milliseconds.
   * @default 0, which asks each time whether it has changed
   */
  readonly freshForMs?: number | undefined;
}

/** How a client is made. */
export interface HttpClientOptions {
  /** The way to the network. One that is passed in is not closed by the client. @default `createUndiciTransport()` */
  readonly transport?: HttpTransport | undefined;
  /**
   * The value of the `authorization` header for an origin such as `https://huggingface.co`, or undefined. Asked anew
   * before each hop of each attempt, with the exact origin the request goes to, and once to tell equal requests apart.
   */
  readonly credentialsFor?: ((origin: string) => string | undefined) | undefined;
  /**
   * Origins such as `http://192.168.1.5:8080` that may be loopback, private or otherwise special addresses, or `all`.
   * Without a grant such a target is refused with `network.blocked`, in each hop and on each connection. A redirect from
   * a granted origin may lead to another port of the same host. @default none
   */
  readonly privateOrigins?: readonly string[] | 'all' | undefined;
  /**
   * The proxy for a URL, such as `http://user:password@proxy.example:3128`, or undefined. Asked for each hop. For the
   * client's own transport only. @default none; see `proxyFromEnvironment`
   */
  readonly proxyFor?: ((url: string) => string | undefined) | undefined;
  /** Certificates in PEM form that are trusted beside the system's. For the client's own transport only. */
  readonly certificateAuthorities?: readonly string[] | undefined;
  /** Looks up and connects to addresses of this family only. For the client's own transport only. @default both */
  readonly addressFamily?: 4 | 6 | undefined;
  /** Speaks HTTP/2 where TLS offers it. @default true */
  readonly http2?: boolean | undefined;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
  readonly timeouts?: HttpTimeouts | undefined;
  readonly retry?: RetryOptions | undefined;
  readonly retryBudget?: RetryBudgetOptions | undefined;
  /** Leaves a server alone that fails too often. @default true */
  readonly circuitBreaker?: boolean | undefined;
  /** Keeps the answers of `json` and `text`; `{}` keeps them in memory. @default nothing is kept */
  readonly cache?: HttpCacheOptions | undefined;
  /** @default 'modelkeep' */
  readonly userAgent?: string | undefined;
  /** A number from 0 to below 1, for the jitter of the waits. @default Math.random */
  readonly random?: (() => number) | undefined;
}
