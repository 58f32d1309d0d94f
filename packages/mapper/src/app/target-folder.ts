import { join } from 'node:path';
import { systemCodeOf, type FileSystem } from '@modelkeep/io';
import type { LinkReason } from '../plan/link-reason.ts';
import { isInside } from './safe-names.ts';

/** @internal A folder below an app's folder. */
export interface FolderPlace {
  /** The app's folder, without links on the way. */
  readonly appRoot: string;
  /** `/`-separated, made of safe names. */
  readonly folder: string;
  /** At which folders a link of the user's may lead out of the app's folder. */
  readonly mayLeaveAt: MayLeaveAt;
}

/** @internal Asked for a folder below the app's: whether a link in its place is followed when it leads out of the app's folder. */
export type MayLeaveAt = (folder: string) => boolean;

/** @internal What that folder is on the disk. */
export interface TargetFolder {
  /** Absolute, without links on the way; where it would be when it is missing. */
  readonly path: string;
  readonly exists: boolean;
  /** The last folder on the way that is there. */
  readonly deepest: string;
  /** Whether a link of the user's leads out of the app's folder. */
  readonly leavesApp: boolean;
  /** Set when no link can be made there. */
  readonly problem: LinkReason | null;
}

/**
 * @internal Walks from the app's folder down, one name at a time. A link on the way is followed when it leads to an
 * existing folder: users put their `models` on another drive, and the apps follow it. Out of the app's folder it is followed at the
 * folders alone that may be left.
 */
export async function resolveTargetFolder(
  fileSystem: FileSystem,
  { appRoot, folder, mayLeaveAt }: FolderPlace,
): Promise<TargetFolder> {
  let path = appRoot;
  /* Where the last link led that was followed out of the app's folder. */
  let outside = appRoot;
  const segments = folder.split('/');
  for (const [index, segment] of segments.entries()) {
    const rest = join(path, ...segments.slice(index));
    const deepest = path;
    const unusable = (message: string): TargetFolder => {
      return { path: rest, exists: false, deepest, leavesApp: false, problem: { code: 'folder-unusable', message } };
    };
    const found = await lookAt(fileSystem, join(path, segment));
    if (found.kind === 'absent')
      return { path: rest, exists: false, deepest: path, leavesApp: !isInside(appRoot, rest), problem: null };
    if (found.kind === 'unusable') return unusable(`${join(path, segment)} is no folder and leads to none`);
    if (!isInside(appRoot, found.path) && !isInside(outside, found.path)) {
      if (!mayLeaveAt(segments.slice(0, index + 1).join('/')))
        return unusable(`${join(path, segment)} leads out of the app's folder, to ${found.path}: it is not followed`);
      outside = found.path;
    }
    path = found.path;
  }
  return { path, exists: true, deepest: path, leavesApp: !isInside(appRoot, path), problem: null };
}

type Found =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unusable' };

async function lookAt(fileSystem: FileSystem, path: string): Promise<Found> {
  try {
    const { kind } = await fileSystem.lstat(path);
    if (kind === 'folder') return { kind: 'folder', path };
    if (kind !== 'symlink') return { kind: 'unusable' };
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return { kind: 'absent' };
    throw error;
  }
  try {
    const real = await fileSystem.realpath(path);
    return (await fileSystem.stat(real)).kind === 'folder' ? { kind: 'folder', path: real } : { kind: 'unusable' };
  } catch (error) {
    if (unusableLink.has(systemCodeOf(error) ?? '')) return { kind: 'unusable' };
    throw error;
  }
}

/** A dangling link, a loop, and a link through a file. */
const unusableLink: ReadonlySet<string> = new Set(['ENOENT', 'ELOOP', 'ENOTDIR']);
