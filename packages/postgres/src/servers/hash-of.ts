import { hash } from 'node:crypto';

/** @internal What texts of any length are found by. */
export function hashOf(...texts: readonly string[]): string {
  return hash('sha256', JSON.stringify(texts));
}
