import type { EventEmitter } from 'node:events';

/** What is used of Electron's `net`. The real one has this shape; no dependency on Electron is needed for that. */
export interface ElectronNet {
  request(options: ElectronRequestOptions): ElectronRequest;
}

/** The options that are set. */
export interface ElectronRequestOptions {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly redirect: 'manual';
  readonly credentials: 'omit';
  readonly cache: 'no-store';
}

/**
 * Electron's `ClientRequest`. Events: `response` with an {@link ElectronResponse}; `redirect` with status, method, URL and
 * headers, after which the request is over unless `followRedirect()` is called; `error`; `close` as the last one.
 */
export interface ElectronRequest extends EventEmitter {
  end(chunk?: string | Buffer): unknown;
  abort(): void;
}

/**
 * Electron's `IncomingMessage`: a readable stream, though its types name its events only. Events: `data`, `end`,
 * `error`, `close`.
 */
export interface ElectronResponse extends EventEmitter {
  readonly statusCode: number;
  readonly headers: Record<string, string | string[]>;
}
