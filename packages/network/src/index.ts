export { createHttpClient } from './client/create-http-client.ts';
export type { CircuitStatus } from './breaker/circuits.ts';
export type { EndpointClass } from './breaker/endpoint-class.ts';
export type { Connectivity } from './offline/connectivity-monitor.ts';
export type { RetryBudgetOptions } from './retry/retry-budget.ts';
export type { CachedState, HttpAnswer, HttpHop, HttpResult, JsonResult, TextResult } from './client/http-answer.ts';
export type { HttpCacheOptions, HttpClientOptions, HttpTimeouts, RetryOptions } from './client/http-client-options.ts';
export type { HttpClientRequest, HttpReadRequest } from './client/http-client-request.ts';
export type { HttpClient } from './client/http-client.ts';
export { proxyFromEnvironment } from './proxy/proxy-from-environment.ts';
export { isRedirectStatus, redirectTarget } from './redirects/next-hop.ts';
export { serverWaitMs } from './rate-limit/server-wait.ts';
export {
  createUndiciTransport,
  type UndiciTransport,
  type UndiciTransportOptions,
} from './transport/undici-transport.ts';
