import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isModelkeepError, ModelkeepError, type CacheEntry, type CacheStore } from '@modelkeep/core';
import { ensureFolder, systemCodeOf, writeFileAtomic, type FileSystem } from '@modelkeep/io';
import { trimFolder } from './trim-folder.ts';

const DEFAULT_MAX_BYTES = 134_217_728;
/** One entry is at most this share of all. */
const LARGEST_SHARE = 8;
/** The folder is looked through once so much of its room was written by this process, and not with each write. */
const TRIM_AFTER_SHARE = 0.1;
const MAGIC = 'modelkeep-cache 1 ';
const HEAD_BYTES = MAGIC.length + 64 + 1;

/** Where {@link createDiskCacheStore} keeps its files. */
export interface DiskCacheStoreOptions {
  readonly fileSystem: FileSystem;
  /** Absolute path. Holds nothing else; made with the first entry. */
  readonly folder: string;
  /** All entries together. The oldest go first; several processes together may exceed it for a moment. @default 134_217_728 */
  readonly maxBytes?: number | undefined;
}

/**
 * Keeps each entry as a file in one folder: a line with the digest of the bytes, then the bytes. A file that does not
 * match its digest is removed and as good as none. Any number of processes may use a folder at once: a file is replaced
 * in one step, so that a reader finds the old entry or the new one.
 *
 * @throws `io.*` from each of its methods, when the drive fails
 */
export function createDiskCacheStore(options: DiskCacheStoreOptions): CacheStore {
  const { fileSystem, folder, maxBytes = DEFAULT_MAX_BYTES } = options;
  const maxEntryBytes = Math.floor(maxBytes / LARGEST_SHARE);
  const pathOf = (key: string): string => join(folder, `${sha256Of(Buffer.from(key))}.cache`);
  /** The first write looks at what other processes have left. */
  let bytesUntilTrim = 0;
  let writing: Promise<void> = Promise.resolve();

  const remove = async (path: string): Promise<void> => {
    try {
      await fileSystem.unlink(path);
    } catch (error) {
      if (!isModelkeepError(error, 'io.not-found')) throw error;
    }
  };
  /** A library that comes from elsewhere must not make us write where its links lead. */
  const refuseLink = async (): Promise<void> => {
    if ((await fileSystem.lstat(folder)).kind === 'folder') return;
    throw new ModelkeepError('io.exists', {
      message: `nothing is kept in ${folder}: it is a link`,
      facts: { path: folder },
      hint: 'remove the link; the folder is made again',
    });
  };
  const write = async ({ key, value }: CacheEntry, signal: AbortSignal | undefined): Promise<void> => {
    signal?.throwIfAborted();
    if (value.byteLength > maxEntryBytes) return remove(pathOf(key));
    await ensureFolder(fileSystem, folder);
    await refuseLink();
    const data = Buffer.concat([Buffer.from(`${MAGIC}${sha256Of(value)}\n`), value]);
    await writeFileAtomic(fileSystem, { path: pathOf(key), data, signal });
    bytesUntilTrim -= data.byteLength;
    if (bytesUntilTrim >= 0) return undefined;
    bytesUntilTrim = maxBytes * TRIM_AFTER_SHARE;
    return trimFolder(fileSystem, { folder, maxBytes, signal });
  };

  return {
    async get(key, signal) {
      const path = pathOf(key);
      try {
        const value = valueOf(await fileSystem.readFile(path, { maxBytes: maxEntryBytes + HEAD_BYTES, signal }));
        if (value !== null) return value;
      } catch (error) {
        if (isModelkeepError(error, 'io.not-found')) return null;
        if (systemCodeOf(error) !== 'EFBIG') throw error;
      }
      await remove(path);
      return null;
    },
    put(entry, signal) {
      const written = writing.then(() => write(entry, signal));
      writing = written.catch(() => {});
      return written;
    },
    async delete(key, signal) {
      signal?.throwIfAborted();
      await writing;
      await remove(pathOf(key));
    },
  };
}

/** The bytes of a file that is what it says. */
function valueOf(file: Uint8Array): Uint8Array | null {
  const value = file.subarray(HEAD_BYTES);
  const head = Buffer.from(file.subarray(0, HEAD_BYTES)).toString('latin1');
  return head === `${MAGIC}${sha256Of(value)}\n` ? value : null;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
