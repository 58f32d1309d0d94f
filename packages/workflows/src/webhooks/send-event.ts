import { isModelkeepError, type Clock } from '@modelkeep/core';
import type { SecretStore } from '@modelkeep/fleet';
import type { HttpClient } from '@modelkeep/network';
import { z } from 'zod';
import { signedHeaders } from './webhook-secret.ts';
import type { DeliveryEnd, DueDelivery } from './webhook-table.ts';

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
/** Between two attempts: as the specification proposes. Then the event is given up. */
const WAITS_MS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
const OFFLINE_WAIT_MS = MINUTE;
const MOST_ANSWER_BYTES = 65_536;

/** What is kept with the secrets: an address may be one by itself. */
const webhookSecrets = z.object({ url: z.string(), secret: z.string() });

/** @internal */
export function secretName(webhookId: string): string {
  return `webhook:${webhookId}`;
}

/** @internal What events are sent with. */
export interface SendContext {
  /** Without credentials: nothing of the library's goes to a receiver. */
  readonly http: Pick<HttpClient, 'request' | 'connectivity'>;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** @internal Tells a receiver of an event, once. @throws `signal.reason` */
export async function sendEvent(
  context: SendContext,
  {
    webhookId,
    delivery,
    signal,
  }: { readonly webhookId: string; readonly delivery: DueDelivery; readonly signal: AbortSignal },
): Promise<DeliveryEnd> {
  const { clock } = context;
  const kept = readKept(await context.secrets.get(secretName(webhookId)));
  if (kept === null) return failed(context, delivery, { status: null, code: 'fleet.secrets-refused' });
  const timestamp = Math.floor(clock.now() / 1_000);
  const { eventId: id, body } = delivery;
  try {
    const status = await post(context.http, kept.url, {
      headers: signedHeaders({ id, timestamp, body, secret: kept.secret }),
      body,
      signal,
    });
    if (status >= 200 && status < 300) return { kind: 'delivered' };
    if (status === 410) return { kind: 'gone', failure: { at: timeNow(clock), status, code: null } };
    return failed(context, delivery, { status, code: null });
  } catch (error) {
    signal.throwIfAborted();
    if (!isModelkeepError(error)) throw error;
    // Where this machine is online it is the receiver that is no more, or was mistyped.
    if (isModelkeepError(error, 'network.offline') && context.http.connectivity.current === 'offline') {
      return { kind: 'later', atMs: clock.now() + OFFLINE_WAIT_MS };
    }
    if (isModelkeepError(error, 'network.rate-limited')) {
      return { kind: 'later', atMs: clock.now() + Math.min(error.facts.retryAfterMs, HOUR) };
    }
    return failed(context, delivery, { status: null, code: error.code });
  }
}

async function post(
  http: SendContext['http'],
  url: string,
  {
    headers,
    body,
    signal,
  }: { readonly headers: Record<string, string>; readonly body: string; readonly signal: AbortSignal },
): Promise<number> {
  const answer = await http.request({ method: 'POST', url, headers, body, signal, redirect: 'manual', retry: false });
  let bytes = 0;
  for await (const chunk of answer.body) {
    bytes += chunk.length;
    if (bytes > MOST_ANSWER_BYTES) break;
  }
  return answer.status;
}

function failed(
  { clock, random }: SendContext,
  { attempts }: DueDelivery,
  { status, code }: { readonly status: number | null; readonly code: string | null },
): DeliveryEnd {
  const wait = WAITS_MS[attempts];
  // A little more each time, so that what failed together does not come back together.
  const again = wait === undefined ? null : Math.ceil(clock.now() + wait * (1 + 0.1 * random()));
  return { kind: 'failed', failure: { at: timeNow(clock), status, code }, again };
}

function timeNow(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}

function readKept(text: string | undefined): z.infer<typeof webhookSecrets> | null {
  if (text === undefined) return null;
  try {
    return webhookSecrets.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // What stands there was not written by this package.
    return null;
  }
}
