import { accessSync, closeSync, constants, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ModelkeepError, tooManyFiles } from '@modelkeep/core';
import { diskFull, hasNoRoom } from './disk-full.ts';

/** @internal What a database was to be opened as, and what the driver said. */
export interface NotOpened {
  /** A file that is not there is none that could not be made. */
  readonly readOnly: boolean;
  readonly cause: unknown;
}

/**
 * @internal SQLite says only that it could not open the file; the file system says why. No database is opened here: closing
 * a descriptor of one drops the locks that this process holds on it.
 */
export function whyNotOpened(path: string, { readOnly, cause }: NotOpened): ModelkeepError {
  const what = `the database ${path} cannot be opened`;
  const full = (): ModelkeepError => diskFull(path, { message: `${what}: the drive is full`, cause });
  const folder = dirname(path);
  const withFolder = systemCodeOf(() => statSync(folder));
  const withFile = systemCodeOf(() => accessSync(path, constants.R_OK));
  const withChanges = systemCodeOf(() => accessSync(folder, constants.W_OK));
  const isToBeMade = !readOnly && withFile === 'ENOENT' && (withFolder ?? withChanges) === undefined;
  if (isToBeMade && hasNoRoom(path)) return full();
  switch (withFolder ?? withFile ?? withChanges) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new ModelkeepError('io.not-found', {
        message: `${what}: there is no such file or folder`,
        facts: { path },
        hint: `look whether ${folder} is there and its drive mounted`,
        cause,
      });
    case 'EROFS':
      return new ModelkeepError('io.read-only', {
        message: `${what}: the file system is read-only`,
        facts: { path },
        hint: 'open it read-only, or choose another folder for it',
        cause,
      });
    case 'EACCES':
    case 'EPERM':
      return new ModelkeepError('io.permission', {
        message: `${what}: permission denied`,
        facts: { path },
        hint: `let this user read and write ${folder}, or open it read-only`,
        cause,
      });
    case undefined:
    default:
      if (hasNoRoom(path)) return full();
      if (hasNoDescriptors(folder)) return tooManyFiles({ what: path, systemCode: 'EMFILE', cause });
      return new ModelkeepError('sqlite.failed', {
        message: what,
        facts: { path, sqliteCode: 'SQLITE_CANTOPEN' },
        hint: 'look whether the path is a regular file and whether the process may open more files',
        cause,
      });
  }
}

/** What a database opens at most: the file, its log and its index, a journal, its folder; what failed was closed again by now. */
const DESCRIPTORS = 6;

function hasNoDescriptors(folder: string): boolean {
  const opened: number[] = [];
  const code = systemCodeOf(() => {
    for (let count = 0; count < DESCRIPTORS; count += 1) opened.push(openSync(folder, 'r'));
  });
  for (const descriptor of opened) closeSync(descriptor);
  return code === 'EMFILE';
}

function systemCodeOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}
