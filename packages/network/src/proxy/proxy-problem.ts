import type { Proxy } from './parse-proxy.ts';

/** Raised where a proxy is talked to, which knows no URL of a request. Never leaves this package. */
export class ProxyProblem extends Error {
  readonly proxy: Proxy;
  /** What the proxy answered, if it did. */
  readonly status: number | undefined;

  constructor(proxy: Proxy, problem: { readonly status?: number; readonly cause?: unknown }) {
    super(`The proxy ${proxy.origin} cannot be used`, { cause: problem.cause });
    this.proxy = proxy;
    this.status = problem.status;
  }
}
