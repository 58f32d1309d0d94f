import { dirname } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '../ports/file-system.ts';
import type { LinkPolicy, LinkSituation } from './choose-link.ts';
import { probeLinks, type LinkAbilities } from './probe-links.ts';

/** What is to be linked, and where. */
export interface LinkSituationOptions extends LinkPolicy {
  /** What is linked, absolute. */
  readonly existing: string;
  /** The link, absolute; its folder exists. */
  readonly path: string;
  /** What the link's folder can do. @default it is tried there */
  readonly abilities?: LinkAbilities | undefined;
  /** @default that of this process */
  readonly platform?: NodeJS.Platform | undefined;
}

/**
 * Finds out what decides how a link can be made: whether both are on one drive, what the folder of the link can do. Two
 * subvolumes of one drive count as two drives.
 *
 * @throws `io.not-found`, `io.permission`, `io.read-only` when nothing can be written to the folder, `core.invalid-argument`
 * for what is neither a file nor a folder
 */
export async function linkSituation(
  fileSystem: FileSystem,
  { existing, path, platform = process.platform, abilities, ...policy }: LinkSituationOptions,
): Promise<LinkSituation> {
  const folder = dirname(path);
  const [source, place] = await Promise.all([fileSystem.stat(existing), fileSystem.stat(folder)]);
  const { kind } = source;
  if (kind !== 'file' && kind !== 'folder') {
    throw new ModelkeepError('core.invalid-argument', {
      message: `${existing} is neither a file nor a folder`,
      facts: { argument: 'existing', found: existing },
    });
  }
  return {
    ...policy,
    kind,
    isSameDrive: source.device === place.device,
    isNetworkFolder: platform === 'win32' && /^(?:\\\\|\/\/)(?![?.][\\/])/.test(existing),
    abilities: abilities ?? (await probeLinks(fileSystem, folder, { platform })),
  };
}
