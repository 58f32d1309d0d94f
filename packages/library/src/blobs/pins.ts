import { join } from 'node:path';
import { isModelkeepError, isSha256 } from '@modelkeep/core';
import { notSha256 } from './blob-store.ts';
import type { StoreContext } from '../store-context.ts';
import { forEach, SMALL_CALLS_AT_ONCE } from '../tasks/for-each.ts';

/**
 * @internal Says, before anybody looks for the blob, that a transaction needs it: a collection of garbage leaves it.
 *
 * A pin speaks to processes that run, so it is not fsynced: after a power loss nobody uses what it kept but committed
 * metadata, which keeps its blobs by itself.
 */
export async function pin(context: StoreContext, sha256: string, transactionId: string): Promise<void> {
  if (!isSha256(sha256)) throw notSha256(sha256);
  try {
    const file = await context.fileSystem.createAppend(join(context.layout.pins, `${sha256}.${transactionId}`));
    await file.close();
  } catch (error) {
    if (!isModelkeepError(error, 'io.exists')) throw error;
  }
}

/** @internal Removes the pins of a transaction that has ended. */
export async function unpinAll(context: StoreContext, transactionId: string): Promise<void> {
  const { fileSystem, layout } = context;
  const ours = (await fileSystem.readdir(layout.pins)).filter(({ name }) => name.endsWith(`.${transactionId}`));
  await forEach(ours, ({ name }) => fileSystem.unlink(join(layout.pins, name)), { atOnce: SMALL_CALLS_AT_ONCE });
}
