import { hash } from 'node:crypto';
import type { CheckedItem } from './check-inventory.ts';

/** Digests are counted in this ring, so that they add up in any order and stay exact numbers. */
const RING = 2 ** 48;

/** @internal Tells two statements about an item apart: 48 bits of a SHA-256. */
export function digestOfItem(item: CheckedItem): number {
  return Number.parseInt(hash('sha256', JSON.stringify(Object.values(item))).slice(0, 12), 16);
}

/** For engines: The digest of an inventory, from the sum of those of its items. */
export function inventoryDigest(count: number, sum: number): string {
  return `${count}-${sum.toString(16).padStart(12, '0')}`;
}

/** @internal The sum of digests. */
export function addDigests(digests: Iterable<number>): number {
  let sum = 0;
  for (const digest of digests) sum = (sum + digest) % RING;
  return sum;
}

/** For engines: The digest of a server that has nothing. */
export const emptyInventoryDigest: string = inventoryDigest(0, 0);
