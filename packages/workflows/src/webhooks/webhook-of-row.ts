import { isoTime, readJson, storedInteger } from '@modelkeep/jobs';
import type { SqlRow } from '@modelkeep/sqlite';
import { z } from 'zod';
import { webhookEvents, type WebhookRecord } from './library-webhooks.ts';

/** @internal A webhook with where it is in the feed of jobs. */
export interface FollowingWebhook extends WebhookRecord {
  readonly cursor: string;
  /** The time of the last event that it was told of. */
  readonly seenAtMs: number;
}

/** @internal The columns of a webhook. */
export const webhookColumns: string = [
  'id, origin, description, events, state, cursor, failure',
  ...['seen_at_ms', 'added_at_ms', 'delivered_at_ms'].map(storedInteger),
].join(', ');

const storedEvents = z.array(z.string());
const storedFailure = z.object({
  at: z.string(),
  status: z.number().nullable(),
  code: z.string().nullable(),
}) satisfies z.ZodType<WebhookRecord['failure']>;

/** @internal One whose events cannot be read is `damaged`: it must not keep the others from being told. */
export function webhookOfRow(row: SqlRow): FollowingWebhook {
  const jsonOf = (column: string): unknown => readJson(textOf(row, column));
  const events = storedEvents.safeParse(jsonOf('events')).data;
  const delivered = row['delivered_at_ms'];
  const kept = row['state'] === 'on' ? 'on' : 'gone';
  return {
    id: String(row['id']),
    origin: String(row['origin']),
    description: textOf(row, 'description'),
    events: webhookEvents.filter((one) => events?.includes(one)),
    state: events === undefined ? 'damaged' : kept,
    addedAt: isoTime(Number(row['added_at_ms'])),
    deliveredAt: delivered === null ? null : isoTime(Number(delivered)),
    pending: Number(row['pending']),
    givenUp: Number(row['given_up']),
    // It is for people, and nothing follows from it.
    failure: storedFailure.safeParse(jsonOf('failure')).data ?? null,
    cursor: String(row['cursor']),
    seenAtMs: Number(row['seen_at_ms']),
  };
}

function textOf(row: SqlRow, column: string): string | null {
  const value = row[column];
  return typeof value === 'string' ? value : null;
}
