import { systemCodeOf } from '../errors/system-code-of.ts';
import { removeQuietly } from '../files/remove-quietly.ts';
import type { FileSystem } from '../ports/file-system.ts';

/** What {@link createLink} makes. */
export interface CreateLinkOptions {
  readonly existing: string;
  /** The new name. Nothing may be there. */
  readonly path: string;
}

/** What drives and systems answer when they cannot clone a file. */
const cannotClone = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'ENOTTY', 'EINVAL', 'EXDEV', 'EPERM', 'EACCES']);

/**
 * Gives the bytes of a file a second name without copying them: a reflink where the drive can, else a hard link.
 * A reflink is fsynced; the name becomes durable when its folder is fsynced.
 *
 * @throws `io.exists`, `io.not-found`, and when neither way works what the hard link met: `io.failed` with the system code
 * `EXDEV` (another drive) or `EMLINK` (too many names), `io.permission`
 */
export async function createLink(fileSystem: FileSystem, options: CreateLinkOptions): Promise<'reflink' | 'hardlink'> {
  const { existing, path } = options;
  try {
    await fileSystem.reflink(existing, path);
  } catch (error) {
    if (!cannotClone.has(systemCodeOf(error) ?? '')) throw error;
    await fileSystem.link(existing, path);
    return 'hardlink';
  }
  try {
    await fileSystem.fsyncFile(path);
  } catch (error) {
    await removeQuietly(fileSystem, path);
    throw error;
  }
  return 'reflink';
}
