import type { LatestValue } from '@modelkeep/core';
import type { CircuitStatus } from '../breaker/circuits.ts';
import type { Connectivity } from '../offline/connectivity-monitor.ts';
import type { HttpResult, JsonResult, TextResult } from './http-answer.ts';
import type { HttpClientRequest, HttpReadRequest } from './http-client-request.ts';

/**
 * An HTTP client with its own redirects, retries and rate limits.
 *
 * **What is answered and what is thrown**: every answer of a server is returned, whatever its status; when retries are
 * exhausted on a status, the last answer is returned. Thrown is what is no answer: `network.connection`,
 * `network.timeout`, `network.offline`, `network.redirect` (a redirect that is not followed), `network.rate-limited`
 * (the server asks for a longer wait than `maxWaitMs`), `network.body`, `network.blocked` (a private address that is not
 * granted), `network.proxy`, `network.circuit-open` (the server failed too often lately), `core.invalid-argument`,
 * `core.closed`.
 * An abort throws `signal.reason`.
 */
export interface HttpClient extends AsyncDisposable {
  /**
   * Imports what the first request needs, while its caller does something else yet. Whether that fails is told by the
   * request.
   */
  prepare(): void;
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
  /** Whether requests of some class to an origin such as `https://huggingface.co` fail at once now. */
  isCircuitOpen(origin: string): boolean;
  /** The circuits that are not closed. */
  readonly circuits: LatestValue<readonly CircuitStatus[]>;
  /** While `offline`, requests fail at once, but for this machine and granted private origins. It ends by itself. */
  readonly connectivity: LatestValue<Connectivity>;
  /** Ends what is under way with `core.closed`. */
  close(): Promise<void>;
}
