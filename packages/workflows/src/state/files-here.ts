import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import { systemCodeOf } from '@modelkeep/io';
import type { LibraryStore } from '@modelkeep/library';

/** @internal A file that has to be here. */
export interface NeededFile {
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  readonly gitSha1: string | null;
}

/** @internal */
export interface FilesHereContext {
  readonly store: LibraryStore;
  readonly fileSystem: FileSystem;
  /** The SHA-256 of a file. With it every byte is looked at, without it the size counts. */
  readonly hashOf?: ((path: string, signal: AbortSignal | undefined) => Promise<string>) | undefined;
}

/**
 * @internal Counts the bytes of the files that are here: a model of the library says that it has this content, and the file
 * in its folder has the right size. A file that was deleted by hand, or a model that was evicted, is not here.
 */
export async function bytesHere(
  context: FilesHereContext,
  needed: readonly NeededFile[],
  signal: AbortSignal | undefined,
): Promise<{ readonly bytes: number; readonly missing: number }> {
  let bytes = 0;
  let missing = 0;
  for (const file of needed) {
    signal?.throwIfAborted();
    const found = await fileHere(context, file, signal);
    if (found === null) missing += 1;
    else bytes += found.sizeBytes;
  }
  return { bytes, missing };
}

/** @internal A file of a model that is here. */
export interface FileHere {
  /** Absolute. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** @internal A file of this content in the folder of a model; null where there is none. */
export async function fileHere(
  { store, fileSystem, hashOf }: FilesHereContext,
  { sizeBytes, sha256, gitSha1 }: NeededFile,
  signal: AbortSignal | undefined,
): Promise<FileHere | null> {
  if (sha256 === null && gitSha1 === null) return null;
  const hash = sha256 === null ? { gitSha1: gitSha1 ?? '' } : { sha256 };
  for (const { modelId, file } of await store.index.findByFileHash({ ...hash, signal })) {
    const model = await store.index.get(modelId, { signal });
    if (model === null || model.evictedAt !== undefined) continue;
    if (sizeBytes !== null && sizeBytes !== file.sizeBytes) continue;
    const path = join(store.folderOf(model), file.at ?? file.name);
    if ((await sizeOf(fileSystem, path)) !== file.sizeBytes) continue;
    if (hashOf === undefined || (await isOf(file.sha256, () => hashOf(path, signal)))) {
      return { path, sizeBytes: file.sizeBytes, sha256: file.sha256 };
    }
  }
  return null;
}

/** Bytes that the drive does not give are not here. */
async function isOf(sha256: string, read: () => Promise<string>): Promise<boolean> {
  try {
    return (await read()) === sha256;
  } catch (error) {
    if (isModelkeepError(error) && error.code.startsWith('io.')) return false;
    throw error;
  }
}

/** @internal The size of a file; null where none can be seen. */
export async function sizeOf(fileSystem: FileSystem, path: string): Promise<number | null> {
  try {
    const status = await fileSystem.stat(path);
    return status.kind === 'file' ? status.sizeBytes : null;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(systemCodeOf(error) ?? '')) return null;
    throw error;
  }
}
