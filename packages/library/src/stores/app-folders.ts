import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { FileSystem, FolderEntry } from '@modelkeep/io';

/** What tells that a folder is that of an app which keeps its models in folders by type: ComfyUI, A1111, Forge. */
const APP_MARKS: readonly (readonly string[])[] = [
  ['main.py', 'comfy', 'models'],
  ['main.py', 'custom_nodes', 'models'],
  ['webui.py', 'modules', 'models'],
  ['launch.py', 'modules', 'models'],
];
/** Where such an app has models; besides, it has environments and pictures, which nobody wants to have scanned. */
const MODEL_FOLDERS = ['models', 'embeddings'];

/** @internal The folders with the models of an app; null where a folder is that of no app that is known. */
export async function appFolders(fileSystem: FileSystem, folder: string): Promise<readonly string[] | null> {
  let entries: readonly FolderEntry[];
  try {
    entries = await fileSystem.readdir(folder);
  } catch (error) {
    // The scan says so.
    if (isModelkeepError(error)) return null;
    throw error;
  }
  const names = new Set(entries.map(({ name }) => name));
  if (!APP_MARKS.some((marks) => marks.every((mark) => names.has(mark)))) return null;
  return entries
    .filter(({ name, kind }) => MODEL_FOLDERS.includes(name) && kind !== 'file')
    .map(({ name }) => join(folder, name));
}
