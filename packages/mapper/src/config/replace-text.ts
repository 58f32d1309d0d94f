import { createHash, randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { publishFile, systemCodeOf, type FileSystem } from '@modelkeep/io';

/** @internal */
export interface ReplaceTextOptions {
  readonly path: string;
  /** null: the file goes. */
  readonly text: string | null;
  readonly mode: number | undefined;
  /** Whether something is in its place now: a file that was not there takes the place of none. */
  readonly isThere: boolean;
  /** A last look, right before the file is replaced or removed: whether it is still as it was read. */
  readonly isAsRead: () => Promise<boolean>;
  /** The run that recorded the change: recovery finds by it what a killed process left. */
  readonly runId: string;
}

const END = '.modelkeep-tmp';

/**
 * @internal Writes a config file as a whole, or removes it.
 *
 * @returns false when it is not as it was read: it was left alone
 * @throws `io.exists` when somebody made the file meanwhile
 */
export async function replaceText(fileSystem: FileSystem, options: ReplaceTextOptions): Promise<boolean> {
  const { path, text, mode, isThere, isAsRead, runId } = options;
  if (text === null) {
    if (!(await isAsRead())) return false;
    await fileSystem.unlink(path);
    await fileSystem.fsyncFolder(dirname(path));
    return true;
  }
  const temporary = join(dirname(path), `${beginOf(path, runId)}${randomBytes(4).toString('hex')}${END}`);
  try {
    await fileSystem.writeFile(temporary, { data: text, mode });
    if (!(await isAsRead())) {
      await removeIfThere(fileSystem, temporary);
      return false;
    }
    if (isThere) await fileSystem.rename(temporary, path);
    else await publishFile(fileSystem, temporary, path);
  } catch (error) {
    await removeIfThere(fileSystem, temporary);
    throw error;
  }
  await fileSystem.fsyncFolder(dirname(path));
  return true;
}

/** @internal Removes what killed processes left of a change. One that still runs finds its file gone, and the change made. */
export async function sweepTexts(
  fileSystem: FileSystem,
  { path, runId }: Pick<ReplaceTextOptions, 'path' | 'runId'>,
): Promise<void> {
  try {
    for (const { name, kind } of await fileSystem.readdir(dirname(path))) {
      if (kind !== 'file' || !name.startsWith(beginOf(path, runId)) || !name.endsWith(END)) continue;
      await removeIfThere(fileSystem, join(dirname(path), name));
    }
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
}

function beginOf(path: string, runId: string): string {
  return `.${createHash('sha256')
    .update(`${runId}\0${basename(path)}`)
    .digest('hex')
    .slice(0, 16)}.`;
}

async function removeIfThere(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    await fileSystem.unlink(path);
  } catch (error) {
    if (!isModelkeepError(error, 'io.not-found')) throw error;
  }
}
