import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { StoreContext } from '../store-context.ts';
import { removeTree } from './remove-tree.ts';
import { listTransactions } from './transaction-record.ts';

/** @internal What a process may still be about to use is younger than this. */
export const LEFTOVER_AFTER_MS: number = 24 * 60 * 60 * 1_000;

/** @internal R4: removes what processes that died have left in our own folders and no transaction knows. */
export async function sweepLeftovers(context: StoreContext): Promise<void> {
  const { temp, pins, transactions } = context.layout;
  const known = new Set(await listTransactions(context));
  await sweep(context, temp, (name) => !known.has(name));
  await sweep(context, pins, (name) => !known.has(name.slice(name.indexOf('.') + 1)));
  await sweep(context, transactions, (name) => name.endsWith('.tmp'));
}

async function sweep(context: StoreContext, folder: string, isLeftover: (name: string) => boolean): Promise<void> {
  const { fileSystem, clock } = context;
  for (const { name, kind } of await fileSystem.readdir(folder)) {
    if (!isLeftover(name)) continue;
    const path = join(folder, name);
    try {
      if (clock.now() - (await fileSystem.lstat(path)).mtimeMs < LEFTOVER_AFTER_MS) continue;
      if (kind === 'folder') await removeTree(fileSystem, path);
      else await fileSystem.unlink(path);
    } catch (error) {
      // Another process sweeps as well.
      if (!isModelkeepError(error, 'io.not-found')) throw error;
    }
  }
}
