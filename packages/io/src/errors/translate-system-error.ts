import { isModelkeepError, ModelkeepError, tooManyFiles } from '@modelkeep/core';
import { systemCodeOf } from './system-code-of.ts';

/** Where a system call failed. */
export interface FailedOperation {
  readonly path: string;
  /** A verb for the message: `write`, `rename`, `fsync`. */
  readonly operation: string;
}

const hints: Readonly<Record<string, string>> = {
  EXDEV: 'the two paths are on different drives',
  EMLINK: 'the file has as many names as its file system allows',
  ENAMETOOLONG: 'choose a shorter name or a folder nearer to the root of the drive',
  EIO: 'the drive reported an error: check its health and its cables before more is written to it',
  ENOTEMPTY: 'the folder is not empty',
  ELOOP: 'the path leads through links that lead to each other',
  EBUSY: 'another program uses the file: close it and try again',
};

/**
 * Makes an `io.*` error (or `core.too-many-files`) of what a system call threw: the code says what kind of failure it is, the cause is kept.
 * An error of modelkeep passes unchanged.
 *
 * @example
 * ```ts
 * import { translateSystemError } from '@modelkeep/io';
 * import { rename } from 'node:fs/promises';
 *
 * await rename('a', 'b').catch((error: unknown) => {
 *   throw translateSystemError(error, { path: 'b', operation: 'rename' });
 * });
 * ```
 */
export function translateSystemError(error: unknown, { path, operation }: FailedOperation): ModelkeepError {
  if (isModelkeepError(error)) return error;
  const systemCode = systemCodeOf(error) ?? 'UNKNOWN';
  const message = (what: string): string => `cannot ${operation} ${path}: ${what}`;
  switch (systemCode) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new ModelkeepError('io.disk-full', {
        message: message(systemCode === 'EDQUOT' ? 'the quota is used up' : 'the drive is full'),
        facts: { path },
        hint: 'free some space on this drive, or use another one, and run it again: what is already there is kept',
        cause: error,
      });
    case 'EROFS':
      return new ModelkeepError('io.read-only', {
        message: message('the file system is read-only'),
        facts: { path },
        hint: 'mount it with write access, or choose another folder',
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
      return new ModelkeepError('io.permission', {
        message: message(`not permitted (${systemCode})`),
        facts: { path },
        hint: 'check who owns the file and its folder and what this user may do there',
        cause: error,
      });
    case 'ENOENT':
      return new ModelkeepError('io.not-found', {
        message: message('no such file or folder'),
        facts: { path },
        hint: 'check the path, and that its drive is connected',
        cause: error,
      });
    case 'EEXIST':
      return new ModelkeepError('io.exists', {
        message: message('something with this name exists'),
        facts: { path },
        hint: 'nothing is ever replaced here: remove or rename what is there, or choose another name',
        cause: error,
      });
    case 'EMFILE':
    case 'ENFILE':
      return tooManyFiles({ what: path, systemCode, cause: error });
    default:
      return new ModelkeepError('io.failed', {
        message: message(error instanceof Error ? error.message : String(error)),
        facts: { path, systemCode, operation },
        hint: hints[systemCode],
        cause: error,
      });
  }
}
