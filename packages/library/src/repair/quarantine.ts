import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { createLink } from '@modelkeep/io';
import { fileAt } from '../files/status-at.ts';
import type { StoreContext } from '../store-context.ts';

/** @internal Gives bytes a second name in quarantine, durably: they are kept whatever takes their place. */
export async function keepInQuarantine(context: StoreContext, path: string, label: string): Promise<void> {
  const { fileSystem, layout } = context;
  const kept = join(layout.quarantine, `${label}.${randomBytes(8).toString('hex')}`);
  try {
    // A link, because a drive that returns errors for these bytes could not clone them.
    await fileSystem.link(path, kept);
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return;
    await createLink(fileSystem, { existing: path, path: kept });
  }
  await fileSystem.fsyncFolder(layout.quarantine);
}

/** @internal Tells bytes that were put into quarantine, by `device:inode`. */
export async function quarantinedInodes(context: StoreContext): Promise<ReadonlySet<string>> {
  const { fileSystem, layout } = context;
  const inodes = new Set<string>();
  for (const { name } of await fileSystem.readdir(layout.quarantine)) {
    const status = await fileAt(fileSystem, join(layout.quarantine, name));
    if (status !== null) inodes.add(`${status.device}:${status.inode}`);
  }
  return inodes;
}
