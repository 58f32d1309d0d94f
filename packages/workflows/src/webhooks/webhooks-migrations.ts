import type { Migration } from '@modelkeep/sqlite';

/** @internal Receivers without their addresses and secrets, and what they are to be told. */
export const webhooksMigrations: Migration = {
  namespace: 'webhooks',
  steps: [
    `create table webhooks_list (
       id text primary key,
       origin text not null,
       description text,
       events text not null,
       state text not null default 'on',
       cursor text not null,
       seen_at_ms integer not null,
       added_at_ms integer not null,
       delivered_at_ms integer,
       failure text
     ) strict, without rowid;
     create table webhooks_deliveries (
       seq integer primary key autoincrement,
       webhook_id text not null references webhooks_list (id) on delete cascade,
       event_id text not null,
       body text not null,
       state text not null default 'pending',
       attempts integer not null default 0,
       due_at_ms integer not null,
       added_at_ms integer not null,
       unique (webhook_id, event_id)
     ) strict;
     create index webhooks_due on webhooks_deliveries (webhook_id, due_at_ms, seq) where state = 'pending';`,
  ],
};
