import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { systemCodeOf } from '../errors/system-code-of.ts';
import { removeQuietly } from '../files/remove-quietly.ts';
import type { FileSystem } from '../ports/file-system.ts';
import type { LinkStrategy } from './link-strategy.ts';

/** A kind of link that a drive may be able to make. */
export type ProbedLink = Exclude<LinkStrategy, 'copy'>;

/** Which links a drive can make. Plain data. */
export interface LinkAbilities extends Readonly<Record<ProbedLink, boolean>> {
  /** For what cannot be made, what the system answered; nothing where it is not asked or did not say. */
  readonly codes: Readonly<Partial<Record<ProbedLink, string>>>;
}

/** How {@link probeLinks} looks. */
export interface ProbeLinksOptions {
  /** Junctions are tried on `win32` only: elsewhere there are none. @default that of this process */
  readonly platform?: NodeJS.Platform | undefined;
}

/**
 * Finds out which links can be made in a folder, by making them there and removing them again. A symlink that only an
 * administrator may make, as on Windows without developer mode, counts as one that cannot be made.
 *
 * @throws when not even a plain file can be made: `io.read-only`, `io.permission`, `io.disk-full`, `io.not-found`
 */
export async function probeLinks(
  fileSystem: FileSystem,
  folder: string,
  { platform = process.platform }: ProbeLinksOptions = {},
): Promise<LinkAbilities> {
  const token = randomBytes(8).toString('hex');
  const name = (kind: string): string => join(folder, `.probe-${token}-${kind}`);
  const original = name('file');
  const data = 'modelkeep looks for links that this drive can make';
  const codes: Partial<Record<ProbedLink, string>> = {};

  const works = async (kind: ProbedLink, make: (path: string) => Promise<void>, shown = ''): Promise<boolean> => {
    const path = name(kind);
    try {
      await make(path);
      const bytes = await fileSystem.readFile(join(path, shown), { maxBytes: data.length });
      return Buffer.from(bytes).toString() === data;
    } catch (error) {
      if (!isModelkeepError(error, 'io.failed') && !isModelkeepError(error, 'io.permission')) throw error;
      const code = systemCodeOf(error);
      if (code !== undefined) codes[kind] = code;
      return false;
    } finally {
      await removeQuietly(fileSystem, path);
    }
  };
  /** A junction leads to a folder: here to the one that everything is tried in. */
  const junction = (path: string): Promise<void> =>
    fileSystem.symlink({ target: resolve(folder), path, kind: 'junction' });

  try {
    await fileSystem.writeFile(original, { data });
    return {
      reflink: await works('reflink', (path) => fileSystem.reflink(original, path)),
      hardlink: await works('hardlink', (path) => fileSystem.link(original, path)),
      symlink: await works('symlink', (path) => fileSystem.symlink({ target: resolve(original), path })),
      junction: platform === 'win32' && (await works('junction', junction, `.probe-${token}-file`)),
      codes,
    };
  } finally {
    await removeQuietly(fileSystem, original);
  }
}
