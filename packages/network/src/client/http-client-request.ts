import type { EndpointClass } from '../breaker/endpoint-class.ts';
import type { HttpTimeouts, RetryOptions } from './http-client-options.ts';

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
  /**
   * For a `url` that an earlier answer's redirects led to: the URLs that they came from, in order. It gets what a redirect
   * would get: no header or private address that was meant for the first of them only.
   */
  readonly redirectedFrom?: readonly string[] | undefined;
  /** Whether sending it twice does no more than sending it once: only then it is sent again. @default false for a POST */
  readonly idempotent?: boolean | undefined;
  /** False sends once; a limit known to be used up is waited for all the same. @default true */
  readonly retry?: boolean | RetryOptions | undefined;
  readonly timeouts?: HttpTimeouts | undefined;
  /** False sends over an HTTP/1.1 connection: several of those are faster than one of HTTP/2. @default the client's */
  readonly http2?: boolean | undefined;
  /** Which circuit breaker the request counts for; a redirect to another origin counts as `cdn`. @default 'api' */
  readonly endpointClass?: EndpointClass | undefined;
}

/** A request whose body is read to its end. */
export interface HttpReadRequest extends HttpClientRequest {
  /** A longer body is refused. @default 67_108_864 */
  readonly maxBytes?: number | undefined;
  /**
   * `default` uses the client's cache, `reload` asks the server as if nothing were kept and keeps the answer, `none`
   * neither reads nor keeps. @default 'default'
   */
  readonly cache?: 'default' | 'reload' | 'none' | undefined;
}
