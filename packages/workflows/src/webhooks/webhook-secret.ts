import { createHmac, randomBytes } from 'node:crypto';
import { ModelkeepError } from '@modelkeep/core';

const PREFIX = 'whsec_';
const [LEAST_BYTES, MOST_BYTES] = [24, 64];

/** @internal */
export function newSecret(): string {
  return PREFIX + randomBytes(32).toString('base64');
}

/** @internal @throws `core.invalid-argument`, without the secret */
export function checkSecret(secret: string): string {
  const bytes = keyOf(secret);
  const isSecret = secret.startsWith(PREFIX) && bytes.toString('base64') === secret.slice(PREFIX.length);
  if (isSecret && bytes.length >= LEAST_BYTES && bytes.length <= MOST_BYTES) return secret;
  throw new ModelkeepError('core.invalid-argument', {
    message: 'this is no secret of a webhook',
    facts: { argument: 'secret' },
    hint: `${PREFIX} and ${LEAST_BYTES} to ${MOST_BYTES} random bytes as base64; without one it is made`,
  });
}

/** @internal What is signed, and with what. */
export interface SignedMessage {
  readonly id: string;
  /** Of this attempt, in seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
  readonly secret: string;
}

/** @internal The headers of a Standard Webhook: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export function signedHeaders({ id, timestamp, body, secret }: SignedMessage): Record<string, string> {
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  };
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice(PREFIX.length), 'base64');
}
