import { randomBytes } from 'node:crypto';

/** @internal 16 hex that nobody else has. */
export function randomName(): string {
  return randomBytes(8).toString('hex');
}
