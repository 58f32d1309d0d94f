import { createHash } from 'node:crypto';
import { isModelkeepError } from '@modelkeep/core';
import type { JobChange, JobChanges, JobRecord, JobStore } from '@modelkeep/jobs';
import type { WebhookEvent } from './library-webhooks.ts';
import type { FollowingWebhook } from './webhook-of-row.ts';
import type { NewDelivery, WebhookTable } from './webhook-table.ts';

const PAGE = 500;

/** @internal What events are taken from, and where they are put. */
export interface TakeEventsContext {
  readonly jobs: Pick<JobStore, 'changesSince' | 'get' | 'list'>;
  readonly table: WebhookTable;
  readonly libraryId: string;
}

/** @internal Puts what happened since a webhook's cursor among what it is to be told. Interrupted anywhere, it loses nothing. */
export async function takeEvents(
  context: TakeEventsContext,
  webhook: FollowingWebhook,
  signal: AbortSignal,
): Promise<void> {
  for (let { cursor } = webhook; ;) {
    const page = await changesSince(context, cursor, signal);
    // Changes that are not kept any more: the records of the jobs still tell how they ended.
    const changes = page.resync ? await endedSince(context, webhook.seenAtMs, signal) : page.changes;
    const deliveries: NewDelivery[] = [];
    for (const change of changes) {
      const event = eventOf(change);
      if (event === null || !webhook.events.includes(event)) continue;
      deliveries.push(await deliveryOf(context, { webhook, change, event, signal }));
    }
    if (page.resync || page.changes.length > 0) await context.table.enqueue(webhook.id, page.cursor, deliveries);
    if (page.resync || page.changes.length === 0) return;
    cursor = page.cursor;
  }
}

/** A cursor that is none, such as that of another engine or of a damaged row, is as good as one that is too old. */
async function changesSince({ jobs }: TakeEventsContext, cursor: string, signal: AbortSignal): Promise<JobChanges> {
  try {
    return await jobs.changesSince(cursor, { signal });
  } catch (error) {
    if (!isModelkeepError(error, 'core.invalid-argument')) throw error;
    return { ...(await jobs.changesSince(null, { signal })), resync: true };
  }
}

function eventOf({ state }: JobChange): WebhookEvent | null {
  if (state === 'completed') return 'job.completed';
  return state === 'failed' ? 'job.failed' : null;
}

async function endedSince({ jobs }: TakeEventsContext, sinceMs: number, signal: AbortSignal): Promise<JobChange[]> {
  const changes: JobChange[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await jobs.list({ states: ['completed', 'failed'], cursor, limit: PAGE, signal });
    for (const { id, type, state, endedAt } of page.jobs) {
      if (endedAt !== null && Date.parse(endedAt) >= sinceMs) changes.push({ jobId: id, type, state, at: endedAt });
    }
    if (page.cursor === null) return changes.toSorted((a, b) => (a.at < b.at ? -1 : 1));
    cursor = page.cursor;
  }
}

interface EventToTell {
  readonly webhook: FollowingWebhook;
  readonly change: JobChange;
  readonly event: WebhookEvent;
  readonly signal: AbortSignal;
}

/** The same end of a job has the same id and text, however often it is looked at. */
async function deliveryOf(
  context: TakeEventsContext,
  { webhook, change, event, signal }: EventToTell,
): Promise<NewDelivery> {
  const { jobId, type, state, at } = change;
  const job = await jobOf(context, jobId, signal);
  const told = job?.state === state ? endOf(job) : {};
  const hash = createHash('sha256')
    .update(JSON.stringify([webhook.id, jobId, state, at]))
    .digest('hex');
  const data = { libraryId: context.libraryId, id: jobId, type, state, ...told };
  return {
    eventId: `msg_${hash.slice(0, 32)}`,
    body: JSON.stringify({ type: event, timestamp: at, data }),
    atMs: Date.parse(at),
  };
}

function endOf({ payload, attempts, result, error, createdAt, startedAt, endedAt }: JobRecord): object {
  return { payload, attempts, result, error, createdAt, startedAt, endedAt };
}

async function jobOf({ jobs }: TakeEventsContext, id: string, signal: AbortSignal): Promise<JobRecord | null> {
  try {
    return await jobs.get(id, { signal });
  } catch (error) {
    if (isModelkeepError(error, 'jobs.not-found')) return null;
    throw error;
  }
}
