import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { FileStatus, FileSystem } from '@modelkeep/io';
import { fileAt } from '../files/status-at.ts';
import type { DuplicateFile, LeftAlone } from './dedupe-report.ts';

const MAX_DEPTH = 32;
/** What makes a folder a library: its files are shared already, and have rules of their own. */
const LIBRARY_FILE = 'modelkeep.json';
/** Names that {@link temporaryName} gives. */
const TEMPORARY = /^\.[0-9a-f]{16}\.dedupe$/u;

/** @internal A file that could be one of several. */
export interface FoundFile extends DuplicateFile {
  readonly sizeBytes: number;
  readonly diskBytes: number;
  readonly linkCount: number;
}

/** @internal What a folder holds. */
export interface FoundFiles {
  readonly files: FoundFile[];
  readonly leftAlone: LeftAlone[];
  /** What an earlier run that died has left: names of bytes that have other names. */
  readonly temporaries: string[];
}

/** @internal A name beside a file that nobody else uses. */
export function isTemporaryName(name: string): boolean {
  return TEMPORARY.test(name);
}

/** @internal Finds the real files below a folder. No link is followed; hidden names are passed over. */
export async function walkFiles(
  fileSystem: FileSystem,
  { folder, signal }: { readonly folder: string; readonly signal: AbortSignal | undefined },
): Promise<FoundFiles> {
  const found: FoundFiles = { files: [], leftAlone: [], temporaries: [] };
  const walk = async (path: string, depth: number): Promise<void> => {
    signal?.throwIfAborted();
    if (depth > MAX_DEPTH) {
      found.leftAlone.push({ path, reason: `more than ${MAX_DEPTH} folders deep` });
      return;
    }
    const entries = (await fileSystem.readdir(path)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    if (entries.some(({ name }) => name === LIBRARY_FILE)) {
      found.leftAlone.push({ path, reason: 'a model library: it stores each content once by itself' });
      return;
    }
    for (const { name, kind } of entries) {
      const below = join(path, name);
      if (isTemporaryName(name)) found.temporaries.push(below);
      if (name.startsWith('.')) continue;
      if (kind === 'folder') await walkOrLeave(below, depth + 1);
      if (kind !== 'file') continue;
      const status = await fileAt(fileSystem, below);
      if (status !== null) found.files.push(fileOf(below, status));
    }
  };
  const walkOrLeave = async (path: string, depth: number): Promise<void> => {
    try {
      await walk(path, depth);
    } catch (error) {
      if (!isModelkeepError(error, 'io.permission') && !isModelkeepError(error, 'io.not-found')) throw error;
      found.leftAlone.push({ path, reason: error.message });
    }
  };
  await walk(folder, 0);
  return found;
}

function fileOf(path: string, status: FileStatus): FoundFile {
  const { device, inode, mtimeMs, mode, sizeBytes, diskBytes, linkCount } = status;
  return { path, device, inode, mtimeMs, mode, sizeBytes, diskBytes, linkCount };
}
