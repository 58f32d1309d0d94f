import { join } from 'node:path';
import { isModelkeepError, isSha256 } from '@modelkeep/core';
import { ensureFolder } from '@modelkeep/io';
import type { StoreContext } from '../store-context.ts';

/** @internal A folder of the trash whose gc has not yet looked again whether its blobs are needed. */
export const OPEN_SUFFIX = '.open';
const NAME = /^\d{8}T\d{9}Z(?:\.open)?$/u;

/** @internal Blobs on their way out, in `trash/<time>/<sha256>`. */
export interface TrashFolder {
  readonly name: string;
  readonly path: string;
  /** Whether a gc died, or is at work, between putting blobs there and looking again. */
  readonly isOpen: boolean;
  /** When something was last put there or taken from there. */
  readonly touchedAtMs: number;
  readonly sha256s: readonly string[];
}

/** @internal The folders of blobs in the trash; what else is there belongs to others. */
export async function listTrash(context: StoreContext): Promise<TrashFolder[]> {
  const { fileSystem, layout } = context;
  const folders: TrashFolder[] = [];
  for (const { name, kind } of await readFolder(context, layout.trash)) {
    if (kind !== 'folder' || !NAME.test(name)) continue;
    const path = join(layout.trash, name);
    try {
      const touchedAtMs = Math.max(madeAtMs(name), (await fileSystem.lstat(path)).mtimeMs);
      const sha256s = (await fileSystem.readdir(path)).map((entry) => entry.name).filter((entry) => isSha256(entry));
      folders.push({ name, path, isOpen: name.endsWith(OPEN_SUFFIX), touchedAtMs, sha256s });
    } catch (error) {
      // A gc has settled or emptied it.
      if (!isModelkeepError(error, 'io.not-found')) throw error;
    }
  }
  return folders;
}

/** `20260102T030405678Z` as milliseconds since 1970. */
function madeAtMs(name: string): number {
  return Date.parse(name.replace(/^(....)(..)(..T..)(..)(..)(...)Z.*$/u, '$1-$2-$3:$4:$5.$6Z'));
}

/** @internal Makes a new folder in the trash, open. @returns its path */
export async function openTrashFolder(context: StoreContext): Promise<string> {
  const stamp = new Date(context.clock.now()).toISOString().replaceAll(/[-:.]/gu, '');
  const path = join(context.layout.trash, `${stamp}${OPEN_SUFFIX}`);
  await ensureFolder(context.fileSystem, path);
  return path;
}

/** @internal What is in a folder that may be missing: a library that was written before there was a trash has none. */
export async function readFolder(
  { fileSystem }: StoreContext,
  folder: string,
): ReturnType<StoreContext['fileSystem']['readdir']> {
  try {
    return await fileSystem.readdir(folder);
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return [];
    throw error;
  }
}
