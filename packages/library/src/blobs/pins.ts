import { join } from 'node:path';
import { isModelkeepError, isSha256 } from '@modelkeep/core';
import { notSha256 } from './blob-store.ts';
import type { StoreContext } from '../store-context.ts';

/** @internal Says, before anybody looks for the blob, that a transaction needs it: a collection of garbage leaves it. */
export async function pin(context: StoreContext, sha256: string, transactionId: string): Promise<void> {
  if (!isSha256(sha256)) throw notSha256(sha256);
  try {
    await context.fileSystem.writeFile(join(context.layout.pins, `${sha256}.${transactionId}`), { data: '' });
  } catch (error) {
    if (!isModelkeepError(error, 'io.exists')) throw error;
  }
  await context.fileSystem.fsyncFolder(context.layout.pins);
}

/** @internal Removes the pins of a transaction that has ended. */
export async function unpinAll(context: StoreContext, transactionId: string): Promise<void> {
  const { fileSystem, layout } = context;
  const ours = (await fileSystem.readdir(layout.pins)).filter(({ name }) => name.endsWith(`.${transactionId}`));
  for (const { name } of ours) await fileSystem.unlink(join(layout.pins, name));
}
