import { dirname, join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { systemCodeOf } from '@modelkeep/io';
import { OVERRIDES_FILE } from '../metadata/metadata-file.ts';
import type { StoreContext } from '../store-context.ts';
import { ensureRealFolder } from '../volume/require-real-folders.ts';

/** @internal A file that moves from one folder to another, under the same name. */
export interface MovedFile {
  readonly from: string;
  readonly to: string;
  /** `/` between segments. */
  readonly name: string;
}

/** @internal Moves a file that is there, durably. @throws `io.not-found` */
export async function moveFile(context: StoreContext, { from, to, name }: MovedFile): Promise<void> {
  const { fileSystem } = context;
  const [source, target] = [join(from, name), join(to, name)];
  await fileSystem.rename(source, target);
  await fileSystem.fsyncFolder(dirname(target));
  await fileSystem.fsyncFolder(dirname(source));
}

/** @internal What of a deleted model's folder goes. */
export interface ClearedFolder {
  readonly folder: string;
  /** The model's place in the trash. */
  readonly entry: string;
  /** Files that are the library's, as paths below the folder. */
  readonly names: readonly string[];
}

/** @internal Moves what is the library's out of a deleted model's folder, and removes the folders that are empty then. */
export async function clearFolder(context: StoreContext, { folder, entry, names }: ClearedFolder): Promise<void> {
  const { fileSystem, layout } = context;
  const folders = new Set<string>();
  for (const name of [...names, OVERRIDES_FILE, ...(await leftoversOf(context, folder))]) {
    const place = dirname(join(entry, name));
    await ensureRealFolder(fileSystem, layout.root, place);
    try {
      await fileSystem.rename(join(folder, name), join(entry, name));
    } catch (error) {
      // Moved already, or never there.
      if (!isModelkeepError(error, 'io.not-found')) throw error;
    }
    folders.add(place);
    for (let path = dirname(name); path !== '.'; path = dirname(path)) folders.add(join(folder, path));
  }
  const inEntry = [...folders].filter((path) => path.startsWith(entry));
  for (const path of inEntry) await fileSystem.fsyncFolder(path);
  const emptied = [...folders].filter((path) => !inEntry.includes(path)).toSorted((a, b) => b.length - a.length);
  for (const path of [...emptied, folder]) await removeIfEmpty(context, path);
}

/** @internal What a process that died in the middle of writing a file has left: our own temporary names. */
export function isLeftover(name: string): boolean {
  return /^\.[0-9a-f]{16}\.tmp$/u.test(name);
}

async function leftoversOf(context: StoreContext, folder: string): Promise<string[]> {
  const entries = await context.fileSystem.readdir(folder);
  return entries.filter(({ name, kind }) => kind === 'file' && isLeftover(name)).map(({ name }) => name);
}

/** @internal Removes a folder that holds nothing; leaves any other. */
export async function removeIfEmpty(context: StoreContext, folder: string): Promise<void> {
  try {
    await context.fileSystem.rmdir(folder);
    await context.fileSystem.fsyncFolder(dirname(folder));
  } catch (error) {
    const isFine =
      isModelkeepError(error, 'io.not-found') || ['ENOTEMPTY', 'EEXIST'].includes(systemCodeOf(error) ?? '');
    if (!isFine) throw error;
  }
}
