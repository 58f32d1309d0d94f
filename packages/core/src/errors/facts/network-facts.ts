/** Errors of the HTTP client. */
export interface NetworkErrorFacts {
  /** The connection could not be made or broke. */
  'network.connection': { readonly url: string; readonly systemCode: string; readonly attempts?: number | undefined };
  /** No network: DNS or routing fails for the host. */
  'network.offline': { readonly url: string; readonly systemCode: string };
  /** The target is a loopback, private or otherwise special address, and its origin is not granted. */
  'network.blocked': {
    readonly url: string;
    /** The address, or the name that stands for one. */
    readonly address: string;
    readonly reason:
      | 'loopback'
      | 'unspecified'
      | 'private'
      | 'link-local'
      | 'carrier-grade-nat'
      | 'multicast'
      | 'broadcast'
      | 'reserved'
      | 'local-name';
  };
  /** The proxy could not be used, or refused: `status` is its answer, `systemCode` why there was none. */
  'network.proxy': {
    readonly url: string;
    readonly proxy: string;
    readonly status?: number | undefined;
    readonly systemCode?: string | undefined;
    readonly attempts?: number | undefined;
  };
  /** A phase took longer than it may. */
  'network.timeout': {
    readonly url: string;
    readonly phase: 'connect' | 'headers' | 'idle' | 'rate' | 'total';
    readonly timeoutMs: number;
    readonly attempts?: number | undefined;
  };
  /** The server answered with a status that is not a success. */
  'network.status': { readonly url: string; readonly status: number; readonly body?: string };
  /** 429, or a rate-limit window that is used up for longer than the client waits. */
  'network.rate-limited': { readonly url: string; readonly retryAfterMs: number };
  /** Too many requests to this origin failed lately: it is left alone for a while. */
  'network.circuit-open': {
    readonly url: string;
    readonly endpointClass: 'api' | 'resolve' | 'cdn';
    /** Time until one request may try again, in milliseconds. */
    readonly retryAfterMs: number;
  };
  /** A redirect that is not followed. */
  'network.redirect': {
    readonly url: string;
    readonly location: string;
    readonly reason: 'loop' | 'too-many' | 'scheme' | 'downgrade' | 'missing-location' | 'invalid' | 'method';
  };
  /** The body is not what was asked for: wrong type, not JSON, too large, encoded. */
  'network.body': {
    readonly url: string;
    readonly reason: 'content-type' | 'invalid-json' | 'too-large' | 'content-encoding' | 'truncated' | 'schema';
    readonly found?: string;
  };
}
