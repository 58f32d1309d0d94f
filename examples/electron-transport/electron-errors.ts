import { ModelkeepError, redactUrl } from '@modelkeep/core';

const OFFLINE = new Set(['ADDRESS_UNREACHABLE', 'INTERNET_DISCONNECTED', 'NAME_NOT_RESOLVED', 'NETWORK_CHANGED']);

/** Types an error of Chromium's network stack, which says no more than `net::ERR_CONNECTION_REFUSED`. */
export function connectionError(cause: unknown, url: string): ModelkeepError {
  const text = cause instanceof Error ? cause.message : '';
  const systemCode = /net::ERR_(\w+)/.exec(text)?.[1] ?? 'UNKNOWN';
  const facts = { url: redactUrl(url), systemCode };
  return OFFLINE.has(systemCode)
    ? new ModelkeepError('network.offline', {
        message: `${new URL(url).host} cannot be found or reached (${systemCode})`,
        facts,
        hint: 'Check the network connection and the host name.',
        cause,
      })
    : new ModelkeepError('network.connection', {
        message: `The connection to ${redactUrl(url)} failed (${systemCode})`,
        facts,
        cause,
      });
}

/** The error of a limit that was kept here. */
export function timeoutError(
  url: string,
  phase: 'headers' | 'idle' | 'total',
  timeoutMs: number,
): ModelkeepError<'network.timeout'> {
  return new ModelkeepError('network.timeout', {
    message: `Waited ${timeoutMs} ms for ${redactUrl(url)} (${phase})`,
    facts: { url: redactUrl(url), phase, timeoutMs },
    hint: 'The server or the network is slow or stuck. Try again later, or raise the timeout.',
  });
}
