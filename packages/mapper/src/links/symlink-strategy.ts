import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import { systemCodeOf, type FileSystem } from '@modelkeep/io';
import type { LinkState, LinkStrategy, LinkToMake } from './link-strategy.ts';

/** What systems answer when this user, or this drive, makes no symlinks. */
const refusals = new Set(['EPERM', 'EACCES', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

/** Symbolic links with absolute targets. They work across drives and follow a model that is downloaded again. */
export function createSymlinkStrategy(fileSystem: FileSystem): LinkStrategy {
  const make = async ({ source, target, leadsTo }: LinkToMake): Promise<void> => {
    try {
      await fileSystem.symlink({ target: source, path: target, kind: leadsTo });
    } catch (error) {
      const systemCode = systemCodeOf(error) ?? '';
      throw refusals.has(systemCode) ? linkRefused({ path: target, systemCode, cause: error }) : error;
    }
  };
  return {
    kind: 'symlink',
    read: (target) => readSymlink(fileSystem, target),
    create: make,
    async replace({ source, target, temporary, leadsTo }) {
      await removeOwnTemporary(fileSystem, temporary);
      await make({ source, target: temporary, leadsTo });
      try {
        await fileSystem.rename(temporary, target);
      } catch (error) {
        await removeOwnTemporary(fileSystem, temporary);
        throw error;
      }
    },
    remove: (target) => fileSystem.unlink(target),
  };
}

/** Most places are links or free, so the link is read first: one call instead of two. */
async function readSymlink(fileSystem: FileSystem, target: string): Promise<LinkState> {
  try {
    return { kind: 'link', source: await fileSystem.readlink(target) };
  } catch (error) {
    if (isAbsent(error)) return { kind: 'absent' };
    return readOther(fileSystem, { target, readlinkError: error });
  }
}

async function readOther(
  fileSystem: FileSystem,
  { target, readlinkError }: { readonly target: string; readonly readlinkError: unknown },
): Promise<LinkState> {
  try {
    const { kind } = await fileSystem.lstat(target);
    if (kind !== 'symlink') return { kind: 'other', what: kind };
  } catch (error) {
    if (isAbsent(error)) return { kind: 'absent' };
    throw error;
  }
  throw readlinkError;
}

function isAbsent(error: unknown): boolean {
  const systemCode = systemCodeOf(error);
  return systemCode === 'ENOENT' || systemCode === 'ENOTDIR';
}

/** The name is made from a random id and is ours, unless something that is no link has it. */
async function removeOwnTemporary(fileSystem: FileSystem, temporary: string): Promise<void> {
  if ((await readSymlink(fileSystem, temporary)).kind !== 'link') return;
  try {
    await fileSystem.unlink(temporary);
  } catch (error) {
    if (!isModelkeepError(error, 'io.not-found')) throw error;
  }
}

function linkRefused(options: { path: string; systemCode: string; cause: unknown }): ModelkeepError {
  const { path, systemCode, cause } = options;
  return new ModelkeepError('mapper.link-refused', {
    message: `the system refused to make the link ${path} (${systemCode})`,
    facts: { path, systemCode },
    hint:
      'on Linux and macOS check who may write in this folder and that its drive can hold symlinks (exFAT cannot); ' +
      'on Windows symlinks need Developer Mode or an administrator',
    cause,
  });
}
