import type { HttpTransport } from '@modelkeep/core';
import { discardBody } from '../body/discard-body.ts';

const PROBE_TIMEOUT_MS = 5_000;

/** What {@link probeOrigin} works with. */
export interface ProbeOptions {
  readonly transport: HttpTransport;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  readonly privateAddresses: 'allow' | 'refuse';
}

/**
 * Asks a server for the headers of its first page, without credentials. Resolves when it answered, whatever it said.
 *
 * @throws `network.*`, `signal.reason`
 */
export async function probeOrigin(origin: string, options: ProbeOptions): Promise<void> {
  const { transport, userAgent, signal, privateAddresses } = options;
  const { body } = await transport.send({
    method: 'HEAD',
    url: `${origin}/`,
    headers: { 'user-agent': userAgent, 'accept-encoding': 'identity' },
    signal,
    connectTimeoutMs: PROBE_TIMEOUT_MS,
    headersTimeoutMs: PROBE_TIMEOUT_MS,
    privateAddresses,
  });
  await discardBody(body);
}
