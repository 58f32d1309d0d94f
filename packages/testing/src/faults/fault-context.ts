import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from '../hub/http/answer.ts';
import type { HubOrigin } from '../hub/http/request-log.ts';

/** The request that a fault looks at. */
export interface FaultContext {
  readonly origin: HubOrigin;
  readonly method: string;
  /** The raw path and query. */
  readonly url: string;
  /** The scheme, host and port that the client asked. */
  readonly originUrl: string;
  readonly headers: IncomingHttpHeaders;
}

/** Whether a body with content is on its way: redirects, errors and HEAD have none that matters. */
export function hasContent(answer: Answer, context: FaultContext): boolean {
  return context.method !== 'HEAD' && answer.body !== null && (answer.status === 200 || answer.status === 206);
}
