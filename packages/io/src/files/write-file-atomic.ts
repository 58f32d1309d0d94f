import { dirname } from 'node:path';
import type { FileSystem } from '../ports/file-system.ts';
import { removeQuietly } from './remove-quietly.ts';
import { temporaryNameBeside } from './temporary-name.ts';

/** What {@link writeFileAtomic} writes. */
export interface WriteFileAtomicOptions {
  readonly path: string;
  readonly data: Uint8Array | string;
  /** Permission bits. @default 0o644 */
  readonly mode?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes a whole file so that any reader, also after a power loss, finds the old content or the new one: temp file in the
 * same folder, fsync, rename, fsync of the folder. It replaces what is there and is no protection against lost updates:
 * who reads, changes and writes takes a lock around all three.
 *
 * @throws `io.disk-full`, `io.read-only`, `io.permission`, `io.not-found` when the folder is missing, `io.failed`
 */
export async function writeFileAtomic(fileSystem: FileSystem, options: WriteFileAtomicOptions): Promise<void> {
  const { path, data, mode, signal } = options;
  const temporary = temporaryNameBeside(path);
  let renamed = false;
  try {
    await fileSystem.writeFile(temporary, { data, mode, signal });
    signal?.throwIfAborted();
    await fileSystem.rename(temporary, path);
    renamed = true;
  } finally {
    if (!renamed) await removeQuietly(fileSystem, temporary);
  }
  await fileSystem.fsyncFolder(dirname(path));
}
