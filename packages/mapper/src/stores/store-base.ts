import { systemCodeOf, type FileSystem } from '@modelkeep/io';
import { join } from 'node:path';
import type { StoreLayout } from './store-layout.ts';

/**
 * @internal Where the store is: `~/.ollama` and `~/.ollama/models` both mean the second.
 *
 * @returns below the app's folder: empty, or with `/` at its end
 */
export async function storeBase(
  fileSystem: FileSystem,
  { appRoot, layout }: { readonly appRoot: string; readonly layout: StoreLayout },
): Promise<string> {
  try {
    const { kind } = await fileSystem.stat(join(appRoot, layout.subfolder));
    return kind === 'folder' ? `${layout.subfolder}/` : '';
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
    return '';
  }
}

/** @internal The folder of something in a store, without the store's own; null when it cannot be there. */
export function folderInStore(layout: StoreLayout, folder: string): string | null {
  const base = `${layout.subfolder}/`;
  const inner = [folder, ...(folder.startsWith(base) ? [folder.slice(base.length)] : [])];
  return inner.find((path) => layout.hasFolder(path)) ?? null;
}
