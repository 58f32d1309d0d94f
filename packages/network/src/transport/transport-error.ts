import { ModelkeepError, redactUrl, type ErrorFacts } from '@modelkeep/core';
import { BlockedTarget, blockedError } from '../guard/blocked-error.ts';
import { ProxyProblem } from '../proxy/proxy-problem.ts';

const OFFLINE_CODES = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'ENETDOWN', 'EHOSTUNREACH']);

/** The code that tells most: of several addresses that failed, one that was reached and refused counts. */
function systemCodeOf(error: unknown): string {
  if (error instanceof AggregateError) {
    const codes = error.errors.map((inner) => systemCodeOf(inner));
    return codes.find((code) => !OFFLINE_CODES.has(code)) ?? codes[0] ?? 'UNKNOWN';
  }
  if (error instanceof Error) {
    const code = (error as NodeJS.ErrnoException).code;
    return typeof code === 'string' ? code : error.name;
  }
  return 'UNKNOWN';
}

/** The error of a transport that was closed, or is being closed. */
export function closedError(resource: string): ModelkeepError<'core.closed'> {
  return new ModelkeepError('core.closed', { message: `The ${resource} is closed`, facts: { resource } });
}

const WAITED_FOR: Record<ErrorFacts['network.timeout']['phase'], string> = {
  connect: 'a connection',
  headers: "the answer's headers",
  idle: 'more bytes',
  rate: 'bytes to come in faster',
  total: 'the end of the answer',
};

/** The error of a phase that took too long. */
export function timeoutError(
  url: string,
  phase: ErrorFacts['network.timeout']['phase'],
  timeoutMs: number,
): ModelkeepError<'network.timeout'> {
  return new ModelkeepError('network.timeout', {
    message: `Waited ${timeoutMs} ms for ${WAITED_FOR[phase]} from ${redactUrl(url)}`,
    facts: { url: redactUrl(url), phase, timeoutMs },
    hint: 'The server or the network is slow or stuck. Try again later, or raise the timeout.',
  });
}

/**
 * Types an error of the HTTP library.
 *
 * @param error - what it raised
 * @param url - the request's URL; redacted here
 */
export function toTransportError(error: unknown, url: string): ModelkeepError {
  if (error instanceof BlockedTarget) return blockedError(url, error.block);
  if (error instanceof ProxyProblem) return proxyError(error, url);
  const systemCode = systemCodeOf(error);
  const shown = redactUrl(url);
  if (systemCode === 'UND_ERR_DESTROYED' || systemCode === 'UND_ERR_CLOSED') return closedError('HTTP transport');
  if (systemCode === 'UND_ERR_INVALID_ARG') {
    const message = `The request to ${shown} cannot be sent`;
    return new ModelkeepError('core.invalid-argument', { message, facts: { argument: 'request' }, cause: error });
  }
  if (OFFLINE_CODES.has(systemCode)) return offlineError({ url, systemCode, host: new URL(url).host, cause: error });
  return new ModelkeepError('network.connection', {
    message: `The connection to ${shown} failed (${systemCode})`,
    facts: { url: shown, systemCode },
    hint: isCertificateProblem(systemCode)
      ? "The server's certificate is not trusted: check the clock, the host name, and the certificates of a proxy."
      : 'The server refused or dropped the connection. Try again later.',
    cause: error,
  });
}

function proxyError({ proxy, status, cause }: ProxyProblem, url: string): ModelkeepError {
  const systemCode = status === undefined ? systemCodeOf(cause) : undefined;
  if (systemCode !== undefined && OFFLINE_CODES.has(systemCode)) {
    return offlineError({ url, systemCode, host: `The proxy ${proxy.origin}`, cause });
  }
  const shown = redactUrl(url);
  return new ModelkeepError('network.proxy', {
    message: `The proxy ${proxy.origin} gave no way to ${shown} (${status ?? systemCode})`,
    facts: { url: shown, proxy: proxy.origin, status, systemCode },
    hint:
      status === 407
        ? "The proxy asks for a user and password: put them into the proxy's URL."
        : 'Check the address of the proxy, and whether it allows this target.',
    cause,
  });
}

function offlineError(options: {
  readonly url: string;
  readonly systemCode: string;
  readonly host: string;
  readonly cause: unknown;
}): ModelkeepError<'network.offline'> {
  const { systemCode, host, cause } = options;
  return new ModelkeepError('network.offline', {
    message: `${host} cannot be found or reached (${systemCode})`,
    facts: { url: redactUrl(options.url), systemCode },
    hint: 'Check the network connection and the host name.',
    cause,
  });
}

/** Whether a code says that TLS cannot trust the server, which trying again does not change. */
export function isCertificateProblem(systemCode: string): boolean {
  return /^(?:CERT_|ERR_TLS_CERT|ERR_SSL_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY))/.test(
    systemCode,
  );
}
