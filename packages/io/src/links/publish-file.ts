import { dirname } from 'node:path';
import { systemCodeOf } from '../errors/system-code-of.ts';
import { removeQuietly } from '../files/remove-quietly.ts';
import type { FileSystem } from '../ports/file-system.ts';
import { inTheWay } from './in-the-way.ts';

/** What a drive answers that gives a file no second name. */
const NO_HARD_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL']);

/**
 * Gives a whole, durable file its name, which nobody has yet. The temporary name goes.
 *
 * @throws `io.exists`
 */
export async function publishFile(fileSystem: FileSystem, temporary: string, path: string): Promise<void> {
  try {
    await fileSystem.link(temporary, path);
  } catch (error) {
    if (!NO_HARD_LINKS.has(systemCodeOf(error) ?? '')) throw error;
    await renameToNewName(fileSystem, temporary, path);
    return;
  }
  await fileSystem.unlink(temporary);
  await fileSystem.fsyncFolder(dirname(path));
}

/** Where there are no hard links, an empty file takes the name first: a rename may take the place of that one only. */
async function renameToNewName(fileSystem: FileSystem, temporary: string, path: string): Promise<void> {
  await fileSystem.writeFile(path, { data: '' });
  const placeholder = await fileSystem.lstat(path);
  let renamed = false;
  try {
    const { device, inode, sizeBytes } = await fileSystem.lstat(path);
    if (device !== placeholder.device || inode !== placeholder.inode || sizeBytes !== 0) throw inTheWay(path);
    await fileSystem.rename(temporary, path);
    renamed = true;
  } finally {
    if (!renamed) await removePlaceholder(fileSystem, path, placeholder.inode);
  }
  await fileSystem.fsyncFolder(dirname(path));
}

async function removePlaceholder(fileSystem: FileSystem, path: string, inode: string): Promise<void> {
  const present = await fileSystem.lstat(path).catch(() => null);
  if (present?.inode === inode && present.sizeBytes === 0) await removeQuietly(fileSystem, path);
}
