import { resolve } from 'node:path';
import { isModelkeepError, ModelkeepError, startOperation, type Operation, type Progress } from '@modelkeep/core';
import type { Io } from '@modelkeep/io';
import type {
  DuplicateFile,
  DuplicateGroup,
  DuplicatesReport,
  FindDuplicatesOptions,
  LeftAlone,
} from './dedupe-report.ts';
import { extentsOf } from './extents-of.ts';
import { walkFiles, type FoundFile } from './walk-files.ts';

const MIN_BYTES = 1024 * 1024;

/** One file on the drive with all its names below the folder. */
interface Inode {
  readonly names: readonly [FoundFile, ...FoundFile[]];
}

/**
 * Finds files of the same bytes below any folder. Changes nothing. Files of equal size on one drive are read in full,
 * each once; nothing is compared across drives.
 *
 * `result` rejects with `core.invalid-argument` for an empty path, `io.not-found`, `io.permission`, `io.failed` and the
 * signal's reason.
 *
 * @example
 * ```ts
 * import { createIo } from '@modelkeep/io';
 * import { findDuplicates, shareDuplicates } from '@modelkeep/library';
 *
 * await using io = createIo();
 * const found = await findDuplicates(io, '/apps/ComfyUI/models').result;
 * console.log(found.groups, found.bytesOnDisk);
 * await shareDuplicates(io, found).result;
 * ```
 */
export function findDuplicates(
  io: Pick<Io, 'fileSystem' | 'hashFile'>,
  folder: string,
  options: FindDuplicatesOptions = {},
): Operation<DuplicatesReport> {
  return startOperation((report) => find(io, { ...options, folder, report }));
}

interface Search extends FindDuplicatesOptions {
  readonly folder: string;
  readonly report: (change: Partial<Progress>) => void;
}

async function find(io: Pick<Io, 'fileSystem' | 'hashFile'>, search: Search): Promise<DuplicatesReport> {
  const { minBytes = MIN_BYTES, signal, report } = search;
  if (search.folder === '') throw emptyPath();
  report({ phase: 'planning' });
  const folder = await io.fileSystem.realpath(resolve(search.folder));
  const { files, leftAlone } = await walkFiles(io.fileSystem, { folder, signal });
  const candidates = sameSize(inodesOf(files.filter(({ sizeBytes }) => sizeBytes >= Math.max(1, minBytes))));
  const hashed = await hashAll(io, { candidates, leftAlone, report, signal });
  const groups: DuplicateGroup[] = [];
  let filesSharing = 0;
  for (const inodes of hashed.byContent.values()) {
    signal?.throwIfAborted();
    const { keep, others, sharing } = await sharedOut(inodes);
    filesSharing += sharing;
    if (others.length > 0) groups.push(groupOf(keep, others));
  }
  report({ phase: 'done', fraction: 1, file: null });
  const sum = (field: 'bytesApparent' | 'bytesOnDisk'): number => groups.reduce((all, group) => all + group[field], 0);
  return {
    folder,
    files: files.length,
    bytesHashed: hashed.bytes,
    filesSharing,
    groups: groups.toSorted((a, b) => b.bytesApparent - a.bytesApparent),
    leftAlone,
    bytesApparent: sum('bytesApparent'),
    bytesOnDisk: sum('bytesOnDisk'),
  };
}

function inodesOf(files: readonly FoundFile[]): Inode[] {
  const inodes = new Map<string, [FoundFile, ...FoundFile[]]>();
  for (const file of files) {
    const key = `${file.device}:${file.inode}`;
    const known = inodes.get(key);
    if (known === undefined) inodes.set(key, [file]);
    else known.push(file);
  }
  return [...inodes.values()].map((names) => ({ names }));
}

/** Those that have a twin by drive and size. */
function sameSize(inodes: readonly Inode[]): Inode[] {
  const bySize = new Map<string, Inode[]>();
  for (const inode of inodes) {
    const [{ device, sizeBytes }] = inode.names;
    const key = `${device}:${sizeBytes}`;
    bySize.set(key, [...(bySize.get(key) ?? []), inode]);
  }
  return [...bySize.values()].filter(({ length }) => length > 1).flat();
}

interface Hashing extends Pick<Search, 'report' | 'signal'> {
  readonly candidates: readonly Inode[];
  readonly leftAlone: LeftAlone[];
}

interface HashedInode extends Inode {
  readonly sha256: string;
}

type Inodes = readonly [HashedInode, ...HashedInode[]];

async function hashAll(
  io: Pick<Io, 'hashFile'>,
  { candidates, leftAlone, report, signal }: Hashing,
): Promise<{ readonly byContent: ReadonlyMap<string, Inodes>; readonly bytes: number }> {
  const byContent = new Map<string, [HashedInode, ...HashedInode[]]>();
  const bytesTotal = candidates.reduce((sum, { names: [{ sizeBytes }] }) => sum + sizeBytes, 0);
  let bytes = 0;
  for (const inode of candidates) {
    const [{ path, sizeBytes, device, mtimeMs }] = inode.names;
    const onProgress = (done: number): void =>
      report({
        phase: 'hashing',
        file: path,
        bytesDone: bytes + done,
        bytesTotal,
        fraction: (bytes + done) / bytesTotal,
      });
    onProgress(0);
    try {
      const hashed = await io.hashFile(path, { algorithms: ['sha256'], signal, onProgress });
      const { sha256 } = hashed.digests;
      const isSame = hashed.sizeBytes === sizeBytes && Math.abs(hashed.mtimeMs - mtimeMs) < 1;
      const key = `${device}:${sha256}`;
      const known = byContent.get(key);
      if (!isSame) leftAlone.push({ path, reason: 'it was changed while the folder was read' });
      else if (known === undefined) byContent.set(key, [{ ...inode, sha256 }]);
      else known.push({ ...inode, sha256 });
    } catch (error) {
      if (!isModelkeepError(error) || !error.code.startsWith('io.')) throw error;
      leftAlone.push({ path, reason: error.message });
    }
    bytes += sizeBytes;
  }
  return { byContent, bytes };
}

/** Files of the same bytes. */
interface SharedOut {
  readonly keep: HashedInode;
  /** Those that do not share them with the one that is kept. */
  readonly others: readonly HashedInode[];
  /** How many share them by reflink. */
  readonly sharing: number;
}

/** The file with the most names stays, of equal ones the oldest: the least is changed. */
async function sharedOut([first, ...more]: Inodes): Promise<SharedOut> {
  if (more.length === 0) return { keep: first, others: [], sharing: 0 };
  const [keep = first, ...others] = [first, ...more].toSorted(
    ({ names: a }, { names: b }) => b[0].linkCount - a[0].linkCount || a[0].mtimeMs - b[0].mtimeMs,
  );
  const extents = await extentsOf(keep.names[0].path);
  if (extents === null) return { keep, others, sharing: 0 };
  const apart: HashedInode[] = [];
  for (const other of others) if ((await extentsOf(other.names[0].path)) !== extents) apart.push(other);
  return { keep, others: apart, sharing: others.length - apart.length };
}

function groupOf(keep: HashedInode, others: readonly HashedInode[]): DuplicateGroup {
  const freed = others.filter(({ names }) => names[0].linkCount === names.length);
  return {
    sha256: keep.sha256,
    sizeBytes: keep.names[0].sizeBytes,
    keep: shown(keep.names[0]),
    duplicates: others.flatMap(({ names }) => names.map((name) => shown(name))),
    bytesApparent: others.reduce((sum, { names: [{ sizeBytes }] }) => sum + sizeBytes, 0),
    bytesOnDisk: freed.reduce((sum, { names: [{ diskBytes }] }) => sum + diskBytes, 0),
  };
}

function shown({ path, device, inode, mtimeMs, mode }: FoundFile): DuplicateFile {
  return { path, device, inode, mtimeMs, mode };
}

/** An empty text is a variable that was not set, and would mean the folder one happens to stand in. */
function emptyPath(): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: 'the path of the folder is empty',
    facts: { argument: 'folder', found: '' },
    hint: 'name a folder; "." is the one you are in',
  });
}
