export { createHttpClient } from './client/create-http-client.ts';
export type {
  HttpAnswer,
  HttpClient,
  HttpClientOptions,
  HttpClientRequest,
  HttpHop,
  HttpReadRequest,
  HttpResult,
  HttpTimeouts,
  JsonResult,
  RetryOptions,
  TextResult,
} from './client/http-client.ts';
export { isRedirectStatus, redirectTarget } from './redirects/next-hop.ts';
export { serverWaitMs } from './rate-limit/server-wait.ts';
export {
  createUndiciTransport,
  type UndiciTransport,
  type UndiciTransportOptions,
} from './transport/undici-transport.ts';
