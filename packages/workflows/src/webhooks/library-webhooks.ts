import type { JobCallOptions } from '@modelkeep/jobs';

/** What a receiver is told of. */
export const webhookEvents = ['job.completed', 'job.failed'] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/** A receiver to tell. */
export interface NewWebhook {
  /** `https`, or `http` to an origin of `privateOrigins`; without user and password. */
  readonly url: string;
  /** What people call it. @default null */
  readonly description?: string | null | undefined;
  /** @default all */
  readonly events?: readonly WebhookEvent[] | undefined;
  /** `whsec_` and 24 to 64 bytes as base64. @default made, and told once */
  readonly secret?: string | undefined;
}

/** What may be known of a webhook: its address, which may be a secret of its own, is not told beyond its origin. */
export interface WebhookRecord {
  readonly id: string;
  readonly origin: string;
  readonly description: string | null;
  readonly events: readonly WebhookEvent[];
  /**
   * `gone`: its receiver answered 410, and is told nothing any more; `damaged`: what is stored of it cannot be read, so that it is
   * told nothing either. Whoever wants it back removes it, and adds it again.
   */
  readonly state: 'on' | 'gone' | 'damaged';
  /** ISO 8601, as all times here. */
  readonly addedAt: string;
  readonly deliveredAt: string | null;
  /** Events that are still to be delivered. */
  readonly pending: number;
  /** Events of the last eight days that were given up after the last attempt. */
  readonly givenUp: number;
  /** The last attempt that failed: the status of the answer, or the code of the error where there was none. */
  readonly failure: { readonly at: string; readonly status: number | null; readonly code: string | null } | null;
}

/** A webhook that was added. */
export interface AddedWebhook {
  readonly webhook: WebhookRecord;
  /** For the receiver, to verify what it gets. It is not told again. */
  readonly secret: string;
}

/**
 * Receivers that are told when jobs are completed or have failed, by the processes of this machine that do jobs. What is sent is a
 * Standard Webhook (https://www.standardwebhooks.com): `POST`, signed, each event at least once and with the same
 * `webhook-id` in every attempt. An answer of 2xx is the end of it; 410 switches the webhook off; for all else, redirects
 * included, it is tried ten times within three days.
 *
 * Calls may throw `library.read-only`, `sqlite.*`, `signal.reason`.
 */
export interface LibraryWebhooks {
  /**
   * Tells a receiver of what happens from now on.
   *
   * @throws `core.invalid-argument`, `fleet.secrets-refused` where there is no safe place for the secret
   *
   * @example
   * ```ts
   * import { openLibrary } from 'modelkeep';
   *
   * await using library = await openLibrary({ root: '/data/models', runJobs: true });
   * const { webhook, secret } = await library.webhooks.add({ url: 'https://app.example/hooks/models' });
   * console.log(webhook.id, 'is verified with', secret);
   * ```
   */
  add(webhook: NewWebhook, options?: JobCallOptions): Promise<AddedWebhook>;
  /** The oldest first. */
  list(options?: JobCallOptions): Promise<readonly WebhookRecord[]>;
  /** @returns whether it was there */
  remove(id: string, options?: JobCallOptions): Promise<boolean>;
}
