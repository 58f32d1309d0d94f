import { ModelkeepError } from '@modelkeep/core';
import { webhookEvents, type NewWebhook, type WebhookEvent } from './library-webhooks.ts';
import { checkSecret, newSecret } from './webhook-secret.ts';

const MOST_URL_CHARACTERS = 4_096;
const MOST_DESCRIPTION_CHARACTERS = 200;

/** @internal Private origins that were granted. */
export type Origins = readonly string[] | 'all';

/** @internal A webhook as it is kept. */
export interface CheckedWebhook {
  readonly url: string;
  readonly origin: string;
  readonly description: string | null;
  readonly events: readonly WebhookEvent[];
  readonly secret: string;
}

/** @internal @throws `core.invalid-argument`, which shows neither the secret nor more of the address than its origin */
export function checkWebhook(
  { url: text, description = null, events = webhookEvents, secret }: NewWebhook,
  privateOrigins: Origins,
): CheckedWebhook {
  const url = readUrl(text, privateOrigins);
  if (description !== null && (typeof description !== 'string' || description.length > MOST_DESCRIPTION_CHARACTERS)) {
    throw invalid('description', `a description has at most ${MOST_DESCRIPTION_CHARACTERS} characters`);
  }
  const known = Array.isArray(events) ? webhookEvents.filter((one) => events.includes(one)) : [];
  if (known.length === 0 || known.length !== new Set(events).size) {
    throw invalid('events', 'these are no events', `one or more of ${webhookEvents.join(', ')}`);
  }
  return {
    url: url.href,
    origin: url.origin,
    description,
    events: known,
    secret: secret === undefined ? newSecret() : checkSecret(secret),
  };
}

function readUrl(text: string, privateOrigins: Origins): URL {
  const isText = typeof text === 'string' && text.length <= MOST_URL_CHARACTERS;
  const url = isText && URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['https:', 'http:'].includes(url.protocol) || url.username !== '' || url.password !== '') {
    throw invalid('url', 'this is no address of a receiver', 'an https address, without user and password');
  }
  if (url.protocol === 'http:' && privateOrigins !== 'all' && !privateOrigins.includes(url.origin)) {
    throw invalid(
      'url',
      `${url.origin} would be told in the clear`,
      'use https; or name the origin in privateOrigins where it is of a network of your own',
    );
  }
  url.hash = '';
  return url;
}

function invalid(argument: string, message: string, hint?: string): ModelkeepError<'core.invalid-argument'> {
  return new ModelkeepError('core.invalid-argument', { message, facts: { argument }, hint });
}
