import { STATUS_CODES } from 'node:http';
import { textAnswer, type Answer } from '../hub/http/answer.ts';
import { expiredUrlAnswer } from '../hub/protocol/cdn-error.ts';
import { rateHeaders } from '../hub/protocol/rate-limit.ts';
import { hubError } from '../hub/protocol/refusal.ts';
import type { FaultContext } from './fault-context.ts';
import type { StatusFault } from './fault.ts';

const PORTAL =
  '<!doctype html><html><head><title>Welcome</title></head><body><h1>Log in to use this network</h1></body></html>';

function retryAfter(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}

function html(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return textAnswer(status, text, { 'content-type': 'text/html; charset=utf-8', ...headers });
}

function withHeaders(answer: Answer, { remove = [], set = {} }: Extract<StatusFault, { kind: 'headers' }>): Answer {
  const kept = Object.entries(answer.headers).filter(([name]) => !remove.includes(name));
  return { ...answer, headers: { ...Object.fromEntries(kept), ...set } };
}

/** Applies a fault that replaces or changes the head of an answer. */
export function applyStatusFault(fault: StatusFault, answer: Answer, context: FaultContext): Answer {
  switch (fault.kind) {
    case 'rate-limited': {
      const bucket = context.url.includes('/resolve') ? 'resolvers' : 'api';
      const limits = fault.resetSeconds === undefined ? {} : rateHeaders(bucket, 0, fault.resetSeconds);
      return hubError(429, {
        message: 'Too many requests',
        headers: { ...limits, ...retryAfter(fault.retryAfterSeconds) },
      });
    }
    case 'status': {
      const reason = fault.message ?? `${fault.status} ${STATUS_CODES[fault.status] ?? 'Unknown'}`;
      return html(fault.status, `<html><body><h1>${reason}</h1></body></html>`, retryAfter(fault.retryAfterSeconds));
    }
    case 'text':
      return textAnswer(fault.status ?? 200, fault.text, { 'content-type': fault.contentType ?? 'application/json' });
    case 'expired-url':
      return expiredUrlAnswer();
    case 'html-page':
      return html(200, PORTAL);
    case 'headers':
    default:
      return withHeaders(answer, fault);
  }
}
