import type { Clock } from '@modelkeep/core';
import type { SqliteDatabase } from '@modelkeep/sqlite';
import type { WebhookRecord } from './library-webhooks.ts';
import { webhookColumns, webhookOfRow, type FollowingWebhook } from './webhook-of-row.ts';

/** How long what was delivered is remembered, so that it is not told again: longer than its job is. */
const KEPT_MS = 8 * 86_400_000;

/** @internal An event that a webhook is to be told of. */
export interface NewDelivery {
  readonly eventId: string;
  readonly body: string;
  readonly atMs: number;
}

/** @internal An event that is due. */
export interface DueDelivery extends Omit<NewDelivery, 'atMs'> {
  readonly seq: number;
  /** Attempts before this one. */
  readonly attempts: number;
}

/** @internal What became of an attempt. */
export type DeliveryEnd =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'gone'; readonly failure: WebhookRecord['failure'] }
  | { readonly kind: 'failed'; readonly failure: WebhookRecord['failure']; readonly again: number | null }
  /** No attempt is used up. */
  | { readonly kind: 'later'; readonly atMs: number };

/** @internal What is kept of webhooks. Each change is one transaction. */
export interface WebhookTable {
  list(signal?: AbortSignal): Promise<readonly FollowingWebhook[]>;
  add(
    webhook: Pick<WebhookRecord, 'id' | 'origin' | 'description' | 'events'> & { readonly cursor: string },
  ): Promise<void>;
  remove(id: string): Promise<boolean>;
  /** Moves the cursor, with what it has passed. */
  enqueue(id: string, cursor: string, deliveries: readonly NewDelivery[]): Promise<void>;
  due(id: string): Promise<DueDelivery | null>;
  settle(id: string, delivery: DueDelivery, end: DeliveryEnd): Promise<void>;
}

const LIST = `select ${webhookColumns},
    (select count(*) from webhooks_deliveries d where d.webhook_id = id and d.state = 'pending') as pending,
    (select count(*) from webhooks_deliveries d where d.webhook_id = id and d.state = 'given-up') as given_up
  from webhooks_list order by added_at_ms, id`;

/** @internal */
export function webhookTable(database: SqliteDatabase, clock: Clock): WebhookTable {
  return {
    list: async (signal) => (await database.all(LIST, {}, { signal })).map((row) => webhookOfRow(row)),
    async add({ id, origin, description, events, cursor }) {
      const params = { id, origin, description, events: JSON.stringify(events), cursor, now: clock.now() };
      const sql = `insert into webhooks_list (id, origin, description, events, cursor, seen_at_ms, added_at_ms)
        values (:id, :origin, :description, :events, :cursor, :now, :now)`;
      await database.run(sql, params);
    },
    async remove(id) {
      const results = await database.transaction([
        { sql: 'delete from webhooks_deliveries where webhook_id = :id', params: { id } },
        { sql: 'delete from webhooks_list where id = :id', params: { id } },
      ]);
      return (results[1]?.changes ?? 0) > 0;
    },
    async enqueue(id, cursor, deliveries) {
      const now = clock.now();
      const seen = Math.max(0, ...deliveries.map(({ atMs }) => atMs));
      await database.transaction([
        {
          sql: `insert into webhooks_deliveries (webhook_id, event_id, body, due_at_ms, added_at_ms)
            select :id, :eventId, :body, :now, :now where exists (select 1 from webhooks_list where id = :id)
            on conflict do nothing`,
          paramRows: deliveries.map(({ eventId, body }) => ({ id, eventId, body, now })),
        },
        {
          sql: `update webhooks_list set cursor = :cursor, seen_at_ms = max(seen_at_ms, :seen) where id = :id`,
          params: { id, cursor, seen },
        },
        {
          sql: `delete from webhooks_deliveries where webhook_id = :id and state <> 'pending' and added_at_ms < :before`,
          params: { id, before: now - KEPT_MS },
        },
      ]);
    },
    async due(id) {
      const row = await database.get<DueDelivery>(
        `select seq, event_id as eventId, body, attempts from webhooks_deliveries
          where webhook_id = :id and state = 'pending' and due_at_ms <= :now order by due_at_ms, seq limit 1`,
        { id, now: clock.now() },
      );
      return row ?? null;
    },
    async settle(id, { seq }, end) {
      const now = clock.now();
      await database.transaction([deliveryStatement(seq, end), ...webhookStatements(id, end, now)]);
    },
  };
}

function deliveryStatement(
  seq: number,
  end: DeliveryEnd,
): { readonly sql: string; readonly params: Record<string, number | string> } {
  const update = 'update webhooks_deliveries set';
  if (end.kind === 'later') return { sql: `${update} due_at_ms = :at where seq = :seq`, params: { seq, at: end.atMs } };
  if (end.kind === 'failed' && end.again !== null) {
    const sql = `${update} attempts = attempts + 1, due_at_ms = :at where seq = :seq`;
    return { sql, params: { seq, at: end.again } };
  }
  const state = end.kind === 'delivered' ? 'delivered' : 'given-up';
  return { sql: `${update} attempts = attempts + 1, state = :state where seq = :seq`, params: { seq, state } };
}

function webhookStatements(id: string, end: DeliveryEnd, now: number) {
  if (end.kind === 'later') return [];
  if (end.kind === 'delivered') {
    const sql = 'update webhooks_list set delivered_at_ms = :now, failure = null where id = :id';
    return [{ sql, params: { id, now } }];
  }
  const failed = {
    sql: 'update webhooks_list set failure = :failure where id = :id',
    params: { id, failure: JSON.stringify(end.failure) },
  };
  if (end.kind === 'failed') return [failed];
  const off = { sql: `update webhooks_list set state = 'gone' where id = :id`, params: { id } };
  const sql = `update webhooks_deliveries set state = 'given-up' where webhook_id = :id and state = 'pending'`;
  return [failed, off, { sql, params: { id } }];
}
