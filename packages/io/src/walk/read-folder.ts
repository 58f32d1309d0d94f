import { hash } from 'node:crypto';
import { systemCodeOf } from '../errors/system-code-of.ts';
import type { BulkFileSystem, NameStatus } from '../ports/bulk-file-system.ts';
import type { ListedFile, WalkNote, WalkRules } from './walk-types.ts';

/** Names that other programs read as something else, or that would break a line of a report. */
// oxlint-disable-next-line eslint/no-control-regex -- control characters are what is looked for
const UNUSABLE = /[\u0000-\u001f\u007f\ufffd]/u;
const LIBRARY_FILE = 'modelkeep.json';
const PIPELINE_FILE = 'model_index.json';

/** @internal One folder as a walk sees it. */
export interface FolderReading {
  readonly files: readonly ListedFile[];
  readonly subfolders: readonly string[];
  readonly notes: readonly WalkNote[];
  readonly isLibrary: boolean;
  readonly isPipeline: boolean;
  readonly digest: string;
  /** Files that are looked for, and what they weigh. */
  readonly wanted: number;
  readonly bytes: number;
}

/** @internal The rules as a walk asks them. */
export interface ReadFolderRules {
  readonly wanted: ReadonlySet<string>;
  readonly besides: ReadonlySet<string>;
}

/** @internal */
export function folderRules({ extensions, besides }: WalkRules): ReadFolderRules {
  return { wanted: new Set(extensions), besides: new Set(besides) };
}

/**
 * @internal Reads a folder without going into others. Hidden files are no business of ours.
 *
 * @param path - ends without a separator
 * @throws the system's error when the folder cannot be read
 */
export function readFolder(
  bulk: BulkFileSystem,
  path: string,
  { rules, separator }: { readonly rules: ReadFolderRules; readonly separator: string },
): FolderReading {
  const files: ListedFile[] = [];
  const subfolders: string[] = [];
  const notes: WalkNote[] = [];
  const prefix = path.endsWith(separator) ? path : path + separator;
  let isLibrary = false;
  let isPipeline = false;
  let wanted = 0;
  let bytes = 0;
  let seen = '';
  for (const { name, kind } of bulk.readFolder(path).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (name === LIBRARY_FILE) isLibrary = true;
    if (name === PIPELINE_FILE) isPipeline = true;
    if (kind === 'folder') {
      if (name.startsWith('.')) notes.push({ path: prefix + name, reason: 'hidden' });
      else if (UNUSABLE.test(name)) notes.push({ path: prefix + name, reason: 'unusable-name' });
      else subfolders.push(name);
      continue;
    }
    if (name.startsWith('.')) continue;
    const extension = extensionIn(name);
    const isWanted = rules.wanted.has(extension);
    // A link without an extension may be one to a folder, which a person should hear of.
    if (!isWanted && !rules.besides.has(extension) && kind !== 'symlink') continue;
    const looked = lookAt(bulk, prefix + name, kind === 'symlink');
    if (typeof looked === 'string') {
      if (isWanted || looked === 'link-to-folder') notes.push({ path: prefix + name, reason: looked });
      continue;
    }
    if (!isWanted && !rules.besides.has(extension)) continue;
    if (UNUSABLE.test(name)) {
      notes.push({ path: prefix + name, reason: 'unusable-name' });
      continue;
    }
    const { status, leadsTo } = looked;
    files.push({ name, ...status, leadsTo });
    seen += `${name}\0${status.sizeBytes}\0${status.mtimeMs}\0${status.inode}\0${status.device}\0${leadsTo ?? ''}\0`;
    if (!isWanted) continue;
    wanted += 1;
    bytes += status.sizeBytes;
  }
  const digest = hash('sha256', seen, 'hex').slice(0, 32);
  return { files, subfolders, notes, isLibrary, isPipeline, digest, wanted, bytes };
}

interface LookedAt {
  readonly status: Omit<ListedFile, 'name' | 'leadsTo'>;
  readonly leadsTo: string | null;
}

function lookAt(bulk: BulkFileSystem, path: string, isLink: boolean): LookedAt | WalkNote['reason'] {
  try {
    const found = bulk.nameStatus(path, { followLinks: isLink });
    if (found.kind === 'folder') return 'link-to-folder';
    if (found.kind !== 'file') return 'special-file';
    return { status: statusOf(found), leadsTo: isLink ? bulk.realPath(path) : null };
  } catch (error) {
    if (isLink) return 'broken-link';
    // It went between the two looks at it.
    if (systemCodeOf(error) === 'ENOENT') return 'broken-link';
    throw error;
  }
}

function statusOf({ sizeBytes, mtimeMs, device, inode, linkCount }: NameStatus): LookedAt['status'] {
  return { sizeBytes, mtimeMs, device: String(device), inode: String(inode), linkCount };
}

function extensionIn(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}
