import { translateSystemError } from '../errors/translate-system-error.ts';
import type { FileSystem } from '../ports/file-system.ts';

/**
 * What libuv answers on Windows (NTFS) to a user without developer mode, as its `src/win/fs.c` has it: a symlink is `EPERM`; a
 * junction needs no right, takes an absolute path on a drive only, and reads back with a separator at its end; a forced clone
 * is `ENOSYS`; nothing is renamed over a folder, as which a junction counts (`EPERM`). A symlink stands in for the junction.
 */
export function windowsWithoutRights(fileSystem: FileSystem): FileSystem {
  const refuse = (code: string, path: string): never => {
    throw translateSystemError(Object.assign(new Error(code), { code }), { path, operation: 'link' });
  };
  return {
    ...fileSystem,
    symlink: async (options) => {
      if (options.kind !== 'junction') refuse('EPERM', options.path);
      if (!options.target.startsWith('/') || options.target.startsWith('//')) refuse('EINVAL', options.path);
      await fileSystem.symlink(options);
    },
    rename: async (from, to) => {
      const present = await fileSystem.lstat(to).catch(() => null);
      if (present?.kind === 'symlink') refuse('EPERM', to);
      await fileSystem.rename(from, to);
    },
    readlink: async (path) => `${await fileSystem.readlink(path)}/`,
    reflink: async (_existing, path) => refuse('ENOSYS', path),
  };
}
