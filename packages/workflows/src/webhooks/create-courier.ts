import { createOutage, isModelkeepError, serialiseError, type Logger, type Metrics } from '@modelkeep/core';
import type { LibraryStore, VolumeLock } from '@modelkeep/library';
import { sendEvent, type SendContext } from './send-event.ts';
import { takeEvents, type TakeEventsContext } from './take-events.ts';
import type { FollowingWebhook } from './webhook-of-row.ts';

const attempts = {
  name: 'modelkeep_webhook_deliveries_total',
  help: 'Attempts to tell a receiver of webhooks, by outcome.',
};
const POLL_MS = 500;
/** How long a receiver is left alone after a failure, doubled with each further one. */
const [PAUSE_MS, LONGEST_PAUSE_MS] = [5_000, 300_000];

/** @internal */
export interface CourierContext extends SendContext, TakeEventsContext {
  readonly store: Pick<LibraryStore, 'lock'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** @internal Who tells the receivers: among all processes that do jobs one at a time. */
export interface Courier {
  /** Goes on until it is closed. */
  start(): void;
  /** Takes what happened until now, and tries what is due, where no other process is at it. */
  flush(): Promise<void>;
  /** Gives up what is under way: it is tried again by the next one, under the same id. */
  close(): Promise<void>;
}

/** @internal */
export function createCourier(context: CourierContext): Courier {
  const { table, store, clock, logger, metrics } = context;
  const closing = new AbortController();
  const { signal } = closing;
  const outage = createOutage({ logger, clock, message: 'webhooks are not told', over: 'webhooks are told again' });
  const busy = new Map<string, Promise<void>>();
  const failures = new Map<string, { readonly count: number; readonly untilMs: number }>();
  const damaged = new Set<string>();
  let lock: VolumeLock | null = null;
  let rounds: Promise<unknown> = Promise.resolve();
  let looping: Promise<void> = Promise.resolve();

  const deliver = async ({ id }: FollowingWebhook): Promise<void> => {
    for (;;) {
      const delivery = await table.due(id);
      if (delivery === null || signal.aborted) return;
      const end = await sendEvent(context, { webhookId: id, delivery, signal });
      await table.settle(id, delivery, end);
      if (end.kind !== 'later') metrics.count(attempts, { outcome: end.kind }, 1);
      if (end.kind === 'delivered') failures.delete(id);
      else if (end.kind !== 'later') {
        logger.warn('a webhook was not delivered', { webhookId: id, ...end.failure });
        const count = (failures.get(id)?.count ?? 0) + 1;
        const pauseMs = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** (count - 1));
        failures.set(id, { count, untilMs: clock.monotonicMs() + pauseMs });
        return;
      }
    }
  };
  const begin = (webhook: FollowingWebhook): void => {
    const { id } = webhook;
    if (busy.has(id) || (failures.get(id)?.untilMs ?? 0) > clock.monotonicMs()) return;
    const ended = deliver(webhook)
      .catch((error: unknown) => {
        if (!signal.aborted)
          logger.warn('a webhook was not told', { webhookId: id, error: serialiseError(error).message });
      })
      .finally(() => busy.delete(id));
    busy.set(id, ended);
  };
  const warnOfDamaged = ({ id, state }: FollowingWebhook): void => {
    if (state !== 'damaged' || damaged.has(id)) return;
    damaged.add(id);
    logger.warn('what is stored of a webhook is damaged: remove it, and add it again', { webhookId: id });
  };
  const round = async (): Promise<void> => {
    const all = await table.list(signal);
    const webhooks = all.filter(({ state }) => state === 'on');
    for (const webhook of all) warnOfDamaged(webhook);
    if (webhooks.length === 0) return;
    lock ??= await takeLock(store);
    if (lock === null) return;
    for (const webhook of webhooks) {
      await takeEvents(context, webhook, signal);
      begin(webhook);
    }
  };
  /** One after the other: two would take the same events, and tell them twice. */
  const next = async (): Promise<void> => {
    rounds = rounds.then(round).then(
      () => outage.answered('round'),
      (error: unknown) => {
        if (!signal.aborted) outage.failed('round', serialiseError(error).message);
      },
    );
    await rounds;
  };
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      await next();
      await clock.sleep(POLL_MS, signal).catch(() => {});
    }
  };
  const end = async (): Promise<void> => {
    closing.abort(new DOMException('webhooks are told by somebody else now', 'AbortError'));
    await looping;
    await rounds;
    await Promise.all(busy.values());
    await lock?.release();
  };
  let ended: Promise<void> | undefined;
  return {
    start() {
      looping = loop();
    },
    async flush() {
      await next();
      await Promise.all(busy.values());
    },
    close: () => (ended ??= end()),
  };
}

async function takeLock(store: Pick<LibraryStore, 'lock'>): Promise<VolumeLock | null> {
  try {
    return await store.lock('webhooks', { timeoutMs: 0 });
  } catch (error) {
    if (isModelkeepError(error, 'sqlite.locked') || isModelkeepError(error, 'io.lease-held')) return null;
    throw error;
  }
}
