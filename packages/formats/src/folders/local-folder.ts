import { opendirSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { oversized } from '../errors.ts';
import { openFileSource } from '../source/file-source.ts';
import { translated } from '../source/translated.ts';
import type { FolderFile, FolderReader } from './folder-plan.ts';

/** Names in all folders of a model together. */
const MAX_NAMES = 20_000;
/** Folders below that of a part. */
const MAX_DEPTH = 3;

/**
 * @internal A folder on this machine, read with synchronous calls: for worker threads. Links to files are followed, as a cache
 * has them, and the folder of a part may be one; hidden names are no business of ours.
 *
 * @throws `io.not-found`, `io.permission`, `io.failed` where it cannot be read
 */
export function localFolder(path: string, signal: AbortSignal | undefined): FolderReader {
  let left = MAX_NAMES;
  const below = (folder: string, depth: number): readonly FolderFile[] =>
    namesIn(join(path, folder), () => {
      signal?.throwIfAborted();
      left -= 1;
      if (left < 0) {
        throw oversized({ format: 'folder', path, what: 'names', found: MAX_NAMES + 1, limit: MAX_NAMES });
      }
    }).flatMap(({ name, isFolder }): readonly FolderFile[] => {
      const inside = folder === '' ? name : `${folder}/${name}`;
      if (isFolder) return depth > 0 ? below(inside, depth - 1) : [];
      const status = statusOf(join(path, inside));
      return status?.isFile() === true ? [{ path: inside, sizeBytes: status.size }] : [];
    });
  return {
    path,
    list: async (part) => (part === '' ? below('', 0) : folderOrNone(() => below(part, MAX_DEPTH))),
    read: async ({ path: inside, sizeBytes }) => {
      using source = openFileSource(join(path, inside));
      return await source.read(0, sizeBytes, signal);
    },
  };
}

interface Name {
  readonly name: string;
  readonly isFolder: boolean;
}

function namesIn(path: string, count: () => void): readonly Name[] {
  const folder = translated(path, 'read', () => opendirSync(path));
  try {
    const names: Name[] = [];
    for (;;) {
      const entry = translated(path, 'read', () => folder.readSync());
      if (entry === null) return names.toSorted((a, b) => (a.name < b.name ? -1 : 1));
      count();
      if (!entry.name.startsWith('.')) names.push({ name: entry.name, isFolder: entry.isDirectory() });
    }
  } finally {
    folder.closeSync();
  }
}

/** Undefined for a link that leads nowhere, or to where this user may not look. */
function statusOf(path: string): Stats | undefined {
  try {
    return translated(path, 'look at', () => statSync(path));
  } catch (error) {
    if (isModelkeepError(error)) return undefined;
    throw error;
  }
}

function folderOrNone(read: () => readonly FolderFile[]): readonly FolderFile[] {
  try {
    return read();
  } catch (error) {
    const isNone =
      isModelkeepError(error, 'io.not-found') ||
      (isModelkeepError(error, 'io.failed') && error.facts.systemCode === 'ENOTDIR');
    if (isNone) return [];
    throw error;
  }
}
