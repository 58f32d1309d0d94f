import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { isModelkeepError, startOperation, type Operation, type Progress } from '@modelkeep/core';
import { systemCodeOf, type FileStatus, type FileSystem, type Io } from '@modelkeep/io';
import { fileAt } from '../files/status-at.ts';
import type {
  DuplicateFile,
  DuplicateGroup,
  DuplicatesReport,
  LeftAlone,
  ShareDuplicatesOptions,
  SharedFile,
  SharingReport,
} from './dedupe-report.ts';
import { filesBeingWritten } from './files-being-written.ts';
import { walkFiles } from './walk-files.ts';

/** What drives answer when they cannot clone a file. */
const cannotClone = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'ENOTTY', 'EINVAL', 'EXDEV', 'EPERM']);

/**
 * Lets duplicates share the bytes of the file that is kept: by reflinks, or where the drive has none and it was allowed,
 * by hard links. A file that was changed since it was found, or is being written, is left alone. Each file is replaced in
 * one step: whatever happens, its name stands for its bytes.
 *
 * `result` rejects with `io.*` and the signal's reason; what is done until then stays.
 *
 * @param found - what {@link findDuplicates} gave
 */
export function shareDuplicates(
  io: Pick<Io, 'fileSystem' | 'hashFile'>,
  found: DuplicatesReport,
  options: ShareDuplicatesOptions = {},
): Operation<SharingReport> {
  return startOperation((report) => share(io, found, { ...options, report }));
}

interface Sharing extends ShareDuplicatesOptions {
  readonly report: (change: Partial<Progress>) => void;
}

interface Target {
  readonly group: DuplicateGroup;
  readonly file: DuplicateFile;
}

async function share(
  io: Pick<Io, 'fileSystem' | 'hashFile'>,
  found: DuplicatesReport,
  { allowHardlinks = false, signal, report }: Sharing,
): Promise<SharingReport> {
  await removeTemporaries(io.fileSystem, found.folder, signal);
  const written = await filesBeingWritten();
  const shared: SharedFile[] = [];
  const leftAlone: LeftAlone[] = [];
  const targets = found.groups.flatMap((group) => group.duplicates.map((file): Target => ({ group, file })));
  const sum = { bytesApparent: 0, bytesOnDisk: 0 };
  for (const [position, target] of targets.entries()) {
    signal?.throwIfAborted();
    const { path } = target.file;
    const fraction = position / targets.length;
    report({ phase: 'publishing', file: path, filesDone: position, filesTotal: targets.length, fraction });
    const outcome = await shareFile(io, target, { allowHardlinks, written, signal });
    if (typeof outcome === 'string') {
      leftAlone.push({ path, reason: outcome });
      continue;
    }
    shared.push(outcome.shared);
    // Only the last of a file's names gives its room back.
    if (outcome.before.linkCount !== 1) continue;
    sum.bytesApparent += outcome.before.sizeBytes;
    sum.bytesOnDisk += outcome.before.diskBytes;
  }
  report({ phase: 'done', fraction: 1, file: null });
  return { shared, leftAlone, ...sum };
}

interface ShareFileOptions {
  readonly allowHardlinks: boolean;
  readonly written: ReadonlySet<string>;
  readonly signal: AbortSignal | undefined;
}

/** @returns why it was left alone, or what was done */
async function shareFile(
  io: Pick<Io, 'fileSystem' | 'hashFile'>,
  { group, file }: Target,
  { allowHardlinks, written, signal }: ShareFileOptions,
): Promise<string | { readonly shared: SharedFile; readonly before: FileStatus }> {
  const { fileSystem } = io;
  const { keep, sha256, sizeBytes } = group;
  const { path, mode, mtimeMs } = file;
  for (const { path: busy } of [keep, file]) {
    if (written.has(busy)) return `${busy} is open for writing in another program`;
  }
  const isStill = async (known: DuplicateFile): Promise<FileStatus | null> => {
    const status = await fileAt(fileSystem, known.path);
    return status !== null && isUnchanged(status, known, sizeBytes) ? status : null;
  };
  const before = await isStill(file);
  if (before === null || (await isStill(keep)) === null) return 'it was changed since it was looked at';
  const temporary = join(dirname(path), `.${randomBytes(8).toString('hex')}.dedupe`);
  let renamed = false;
  try {
    const method = await cloneOrLink(fileSystem, { existing: keep.path, path: temporary, allowHardlinks });
    if (method === null) return 'the drive has no reflinks, and hard links were not allowed';
    if (method === 'reflink') {
      await fileSystem.chmod(temporary, mode);
      await fileSystem.setModifiedAt(temporary, mtimeMs);
      await fileSystem.fsyncFile(temporary);
    }
    // What is put in its place is read once more: between the look and now anybody may have written.
    const { digests } = await io.hashFile(temporary, { algorithms: ['sha256'], signal });
    if (digests.sha256 !== sha256 || (await isStill(file)) === null || (await isStill(keep)) === null) {
      return 'it was changed since it was looked at';
    }
    await fileSystem.rename(temporary, path);
    renamed = true;
    await fileSystem.fsyncFolder(dirname(path));
    return { shared: { path, sharesWith: keep.path, method, sha256, sizeBytes, mode, mtimeMs }, before };
  } catch (error) {
    if (systemCodeOf(error) === 'EMLINK') return 'the kept file has as many names as its drive allows';
    if (isModelkeepError(error, 'io.permission') || isModelkeepError(error, 'io.changed-while-read'))
      return error.message;
    throw error;
  } finally {
    // The failure is what counts; what could not be removed is found by the next run.
    if (!renamed) await fileSystem.unlink(temporary).catch(() => {});
  }
}

function isUnchanged(status: FileStatus, known: DuplicateFile, sizeBytes: number): boolean {
  return (
    status.inode === known.inode &&
    status.device === known.device &&
    status.sizeBytes === sizeBytes &&
    status.mtimeMs === known.mtimeMs
  );
}

interface NewName {
  readonly existing: string;
  readonly path: string;
  readonly allowHardlinks: boolean;
}

async function cloneOrLink(
  fileSystem: FileSystem,
  { existing, path, allowHardlinks }: NewName,
): Promise<SharedFile['method'] | null> {
  try {
    await fileSystem.reflink(existing, path);
    return 'reflink';
  } catch (error) {
    if (!cannotClone.has(systemCodeOf(error) ?? '')) throw error;
  }
  if (!allowHardlinks) return null;
  await fileSystem.link(existing, path);
  return 'hardlink';
}

/** A run that died has left names of kept bytes: nothing is lost with them. */
async function removeTemporaries(fileSystem: FileSystem, folder: string, signal?: AbortSignal): Promise<void> {
  const { temporaries } = await walkFiles(fileSystem, { folder, signal });
  for (const path of temporaries) {
    await fileSystem.unlink(path).catch((error: unknown) => {
      if (!isModelkeepError(error, 'io.not-found')) throw error;
    });
  }
}
