import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultSource } from '../faults/fault-box.ts';
import type { Answer } from './http/answer.ts';
import type { Exchange } from './http/origin-server.ts';
import type { HubOrigin, OpenRecord, RequestLog } from './http/request-log.ts';
import { sendAnswer } from './http/send-answer.ts';
import type { Pace } from './hub-options.ts';
import { hubError } from './protocol/refusal.ts';

/** What both servers share. */
export interface ServeContext {
  readonly log: RequestLog;
  readonly faults: FaultSource;
  readonly pace: () => Pace;
  readonly now: () => number;
}

/** A server's own part. */
export interface ServeOptions {
  readonly origin: HubOrigin;
  readonly originUrl: string;
  readonly answer: () => Promise<Answer>;
}

function openRecord({ request }: Exchange, origin: HubOrigin, atMs: number): OpenRecord {
  const { headers, method = 'GET', url = '/' } = request;
  const [path = '/'] = url.split('?', 1);
  return { origin, method, path, url, headers, status: null, bytesSent: 0, atMs, fault: null };
}

async function answerOrFail(answer: () => Promise<Answer>): Promise<Answer> {
  try {
    return await answer();
  } catch (error) {
    return hubError(500, { message: `The local hub failed: ${String(error)}` });
  }
}

/** Logs a request, answers it, lets a fault strike, and sends what is left. Never rejects. */
export async function serveExchange(exchange: Exchange, context: ServeContext, options: ServeOptions): Promise<void> {
  const { response, signal } = exchange;
  const record = openRecord(exchange, options.origin, context.now());
  context.log.add(record);
  const answered = await answerOrFail(options.answer);
  const { headers, method, url } = record;
  const { origin, originUrl } = options;
  const struck = context.faults.strike(answered, { origin, method, url, originUrl, headers });
  record.fault = struck.kind;
  const { bytesPerSecond, latencyMs = 0 } = context.pace();
  try {
    if (latencyMs > 0) await sleep(latencyMs, undefined, { signal });
    await sendAnswer(struck.answer, { response, method, record, bytesPerSecond, signal });
  } catch {
    // the client left during the wait, or the content broke half-way: the cut connection tells the client
    response.destroy();
  }
}
