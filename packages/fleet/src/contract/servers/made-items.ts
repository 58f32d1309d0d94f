import { hash } from 'node:crypto';
import type { InventoryItem, SyncReport } from '../../servers/inventory.ts';
import type { InventoryVersion } from '../../servers/server.ts';
import type { Servers } from '../../servers/servers-port.ts';

/** The hash that the file of a number has. */
export function madeSha256(number: number): string {
  return hash('sha256', `model ${number}`);
}

/** A file on a server, each number another one. */
export function madeItem(number: number, more: Partial<InventoryItem> = {}): InventoryItem {
  return {
    sha256: madeSha256(number),
    sizeBytes: 1_000_000 + number,
    path: `lora/flux1/model-${number}/model-${number}.safetensors`,
    name: `Model ${number}`,
    type: 'lora',
    family: 'flux1',
    ...more,
  };
}

/** Items of the numbers from `first` on. */
export function madeItems(count: number, first = 0): InventoryItem[] {
  return Array.from({ length: count }, (_, place) => madeItem(first + place));
}

/** Tells all that a server has, on what is known of it. */
export async function syncAll(servers: Servers, id: string, items: readonly InventoryItem[]): Promise<SyncReport> {
  const { inventory } = await servers.get(id);
  return servers.sync(id, { kind: 'full', base: inventory, items });
}

/** Tells what has changed on a server since a version. */
export function syncDelta(
  servers: Servers,
  id: string,
  delta: {
    readonly base: InventoryVersion;
    readonly put?: readonly InventoryItem[];
    readonly gone?: readonly string[];
  },
): Promise<SyncReport> {
  return servers.sync(id, { kind: 'delta', put: [], gone: [], ...delta });
}
