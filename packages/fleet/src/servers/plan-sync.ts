import { ModelkeepError } from '@modelkeep/core';
import { setImmediate } from 'node:timers/promises';
import { checkItem, checkSha256, type CheckedItem } from './check-inventory.ts';
import { addDigests, digestOfItem, inventoryDigest } from './inventory-digest.ts';
import type { InventorySync } from './inventory.ts';
import { mergeItems } from './merge-items.ts';
import type { InventoryVersion } from './server.ts';

/** For engines: What is known of an item that a server has, whole or damaged. */
export interface StoredItem {
  readonly digest: number;
  readonly corrupt: boolean;
}

/** For engines: An item to write. */
export interface PlannedItem extends CheckedItem {
  readonly digest: number;
}

/** For engines: What a sync comes down to. */
export interface SyncPlan {
  readonly put: readonly PlannedItem[];
  readonly gone: readonly string[];
  /** The count and the digest afterwards. */
  readonly items: number;
  readonly digest: string;
  readonly appeared: readonly string[];
  readonly vanished: readonly string[];
  readonly corrupt: readonly string[];
}

/** Checked at once, without holding up what else the process does. */
const BATCH = 500;

/** For engines: A sync that was checked. */
export interface CheckedSync {
  readonly kind: InventorySync['kind'];
  readonly base: InventoryVersion;
  readonly put: ReadonlyMap<string, PlannedItem>;
  readonly gone: readonly string[];
}

/** For engines. @throws `core.invalid-argument`, `signal.reason` */
export async function checkSync(sync: InventorySync, signal?: AbortSignal): Promise<CheckedSync> {
  const items = sync.kind === 'full' ? sync.items : sync.put;
  const checked = new Map<string, CheckedItem>();
  const put = new Map<string, PlannedItem>();
  for (const [place, item] of items.entries()) {
    if (place % BATCH === 0) await breathe(signal);
    const one = checkItem(item);
    const known = checked.get(one.sha256);
    checked.set(one.sha256, known === undefined ? one : mergeItems(known, one));
  }
  for (const [place, item] of [...checked.values()].entries()) {
    if (place % BATCH === 0) await breathe(signal);
    put.set(item.sha256, { ...item, digest: digestOfItem(item) });
  }
  const gone = sync.kind === 'full' ? [] : sync.gone.map((sha256) => checkSha256('gone', sha256));
  return { kind: sync.kind, base: sync.base, put, gone: gone.filter((sha256) => !put.has(sha256)) };
}

/** For engines: Compares what a server says with what is known of it; what is the same is not written again. */
export function planSync(stored: ReadonlyMap<string, StoredItem>, sync: CheckedSync): SyncPlan {
  const put = [...sync.put.values()].filter((item) => stored.get(item.sha256)?.digest !== item.digest);
  const left = sync.kind === 'full' ? [...stored.keys()].filter((sha256) => !sync.put.has(sha256)) : sync.gone;
  const gone = left.filter((sha256) => stored.has(sha256));
  const after = new Map([...stored].map(([sha256, { digest }]) => [sha256, digest]));
  for (const { sha256, digest } of put) after.set(sha256, digest);
  for (const sha256 of gone) after.delete(sha256);
  const isWhole = (sha256: string): boolean => stored.get(sha256)?.corrupt === false;
  return {
    put,
    gone,
    items: after.size,
    digest: inventoryDigest(after.size, addDigests(after.values())),
    appeared: put.filter(({ sha256, corrupt }) => !corrupt && !isWhole(sha256)).map(({ sha256 }) => sha256),
    vanished: gone,
    corrupt: put
      .filter(({ sha256, corrupt }) => corrupt && stored.get(sha256)?.corrupt !== true)
      .map(({ sha256 }) => sha256),
  };
}

/**
 * For engines: Whether a sync may be applied to what is known: it was made on it, or it says what is known already.
 *
 * @throws `fleet.inventory-outdated`
 */
export function checkBase(serverId: string, known: InventoryVersion, sync: CheckedSync, plan: SyncPlan): void {
  const isBase = sync.base.version === known.version && sync.base.digest === known.digest;
  // The answer to a sync may be lost: who sends it again is not in the wrong.
  const isRepeated =
    plan.put.length === 0 &&
    plan.gone.length === 0 &&
    (sync.kind === 'full' || sync.base.version === known.version - 1);
  if (isBase || isRepeated) return;
  throw new ModelkeepError('fleet.inventory-outdated', {
    message: `the inventory of ${serverId} was made on version ${sync.base.version}, and version ${known.version} is known`,
    facts: { serverId, base: sync.base.version, known: known.version },
    hint: 'read the server, then what it has, and sync all of it',
  });
}

async function breathe(signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await setImmediate();
}
