import { hostname } from 'node:os';
import { isModelkeepError, type Logger, type ModelRecord } from '@modelkeep/core';
import type { InventoryItem, ServerRegistration, Servers, SyncReport } from '@modelkeep/fleet';
import type { LibraryStore } from '@modelkeep/library';
import { listAllModels } from '../link/list-all-models.ts';
import { inventoryItems } from './inventory-items.ts';
import type { SyncInventoryOptions } from './library-servers.ts';

/** @internal */
export interface SyncContext {
  readonly store: LibraryStore;
  readonly servers: Servers;
  readonly ownId: string;
  readonly hubEndpoint: string;
  readonly logger: Logger;
}

const MOST_ATTEMPTS = 5;
const PAGE = 500;

/** @internal What is known of the library first, then what it has: so an older reading never replaces a newer one. */
export async function syncLibrary(context: SyncContext, options: SyncInventoryOptions): Promise<SyncReport> {
  const { servers, ownId } = context;
  const { signal } = options;
  for (let attempt = 1; ; attempt += 1) {
    const { inventory: base } = await registered(context, signal);
    const items = await readItems(context, options);
    try {
      return await servers.sync(ownId, { kind: 'full', base, items }, { signal });
    } catch (error) {
      // Another process of this library was faster.
      if (attempt === MOST_ATTEMPTS || !isModelkeepError(error, 'fleet.inventory-outdated')) throw error;
    }
  }
}

/** @internal What a library says of itself where nobody says more. */
export function ownRegistration(ownId: string): ServerRegistration {
  return { id: ownId, name: hostname().slice(0, 256) };
}

async function registered(
  { servers, ownId }: SyncContext,
  signal: AbortSignal | undefined,
): ReturnType<Servers['register']> {
  try {
    return await servers.get(ownId, { signal });
  } catch (error) {
    if (!isModelkeepError(error, 'fleet.not-found')) throw error;
    return servers.register(ownRegistration(ownId), { signal });
  }
}

async function readItems(
  { store, hubEndpoint, logger }: SyncContext,
  { corrupt = [], signal }: SyncInventoryOptions,
): Promise<InventoryItem[]> {
  const items: InventoryItem[] = [];
  const context = { folderOf: (model: ModelRecord) => store.folderOf(model), hubEndpoint, corrupt: new Set(corrupt) };
  let left = 0;
  const take = async (models: readonly ModelRecord[]): Promise<void> => {
    for (const model of await store.withPlaces(models)) {
      const found = inventoryItems(model, context);
      if (found.length === 0) left += 1;
      items.push(...found);
    }
  };
  let page: ModelRecord[] = [];
  for await (const model of listAllModels(store, { signal })) {
    page.push(model);
    if (page.length < PAGE) continue;
    await take(page);
    page = [];
  }
  await take(page);
  if (left > 0) logger.debug('models without weights that are here are not told of', { models: left });
  return items;
}
