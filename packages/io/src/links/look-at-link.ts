import { isModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '../ports/file-system.ts';
import type { LinkIdentity } from './link-strategy.ts';

/** What reads the bytes of a file where only they can tell whether it is ours. */
export interface LinkReader {
  readonly fileSystem: FileSystem;
  /** @returns the file's SHA-256 as hex */
  readonly sha256: (path: string, signal?: AbortSignal) => Promise<string>;
}

/** What is at the place of a link. */
export type LinkState = 'absent' | 'ours' | 'other';

/** Which link is looked for. */
export interface LookAtLinkOptions {
  readonly path: string;
  /** What was recorded when the link was made. */
  readonly identity: LinkIdentity;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tells whether exactly the link that was recorded is there. Of a clone or a copy that has the right size the bytes are read:
 * an app may have written into it.
 */
export async function lookAtLink(reader: LinkReader, options: LookAtLinkOptions): Promise<LinkState> {
  try {
    return (await isOurs(reader, options)) ? 'ours' : 'other';
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return 'absent';
    throw error;
  }
}

async function isOurs(
  { fileSystem, sha256 }: LinkReader,
  { path, identity, signal }: LookAtLinkOptions,
): Promise<boolean> {
  const { kind, sizeBytes, device, inode } = await fileSystem.lstat(path);
  if ('target' in identity) {
    if (kind !== 'symlink') return false;
    const target = await fileSystem.readlink(path);
    if (identity.strategy === 'symlink') return target === identity.target;
    return junctionTarget(target) === junctionTarget(identity.target);
  }
  if (kind !== 'file') return false;
  if ('inode' in identity) return device === identity.device && inode === identity.inode;
  return sizeBytes === identity.sizeBytes && (await sha256(path, signal)) === identity.sha256;
}

/** The system puts a separator behind what a junction says, and takes either kind. */
function junctionTarget(target: string): string {
  return target
    .replace(/^\\\\\?\\/, '')
    .replaceAll('\\', '/')
    .replace(/\/+$/, '');
}
