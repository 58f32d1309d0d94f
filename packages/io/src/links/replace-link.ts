import { dirname } from 'node:path';
import { systemCodeOf } from '../errors/system-code-of.ts';
import type { FileStatus, FileSystem } from '../ports/file-system.ts';
import { inTheWay } from './in-the-way.ts';

/** What Windows answers to a rename over a link to a folder, which it takes for a folder. */
const NOT_OVER_A_FOLDER = new Set(['EPERM', 'EACCES', 'EEXIST']);

/** @internal What {@link replaceLink} works with. */
export interface ReplaceLinkOptions {
  /** The new link, whole and durable. */
  readonly temporary: string;
  readonly path: string;
  /** What was there when it was found to be ours. */
  readonly before: FileStatus;
}

/**
 * @internal Renames a new link over one of ours. Where the system cannot do that, the old one is removed first: who looks in
 * between finds none.
 *
 * @throws `io.exists` when it is another one by now
 */
export async function replaceLink(
  fileSystem: FileSystem,
  { temporary, path, before }: ReplaceLinkOptions,
): Promise<void> {
  await requireSame(fileSystem, path, before);
  try {
    await fileSystem.rename(temporary, path);
  } catch (error) {
    if (before.kind !== 'symlink' || !NOT_OVER_A_FOLDER.has(systemCodeOf(error) ?? '')) throw error;
    await requireSame(fileSystem, path, before);
    await fileSystem.unlink(path);
    await fileSystem.rename(temporary, path);
  }
  await fileSystem.fsyncFolder(dirname(path));
}

async function requireSame(fileSystem: FileSystem, path: string, before: FileStatus): Promise<void> {
  const { device, inode, sizeBytes, mtimeMs } = await fileSystem.lstat(path);
  const isSame =
    device === before.device && inode === before.inode && sizeBytes === before.sizeBytes && mtimeMs === before.mtimeMs;
  if (!isSame) throw inTheWay(path);
}
