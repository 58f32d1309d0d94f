import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import type { VolumeLayout } from './layout.ts';

const INDEX_FILE = /^(models(?:\.v\d+)?\.db)(?:-wal)?$/;

/**
 * @internal Whether an index of another schema was written after ours: then another version of modelkeep has changed the
 * library, and our index does not know.
 */
export async function isNewerIndexThere(fileSystem: FileSystem, layout: VolumeLayout): Promise<boolean> {
  let own = 0;
  let others = 0;
  for (const { name } of await fileSystem.readdir(layout.root)) {
    const [, database] = INDEX_FILE.exec(name) ?? [];
    if (database === undefined) continue;
    const path = join(layout.root, name);
    const mtimeMs = await changedMs(fileSystem, path);
    if (join(layout.root, database) === layout.indexFile) own = Math.max(own, mtimeMs);
    else others = Math.max(others, mtimeMs);
  }
  return others > own;
}

/** A journal goes when its database is closed. */
async function changedMs(fileSystem: FileSystem, path: string): Promise<number> {
  try {
    return (await fileSystem.lstat(path)).mtimeMs;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return 0;
    throw error;
  }
}
