import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import type { FileStatus, Io } from '@modelkeep/io';
import { unreadableSource } from '../unreadable-source.ts';

/** @internal A copy of a database in a folder of its own, which goes with it. */
export interface DatabaseCopy extends AsyncDisposable {
  readonly path: string;
  /** When the original was written last: ISO 8601. */
  readonly writtenAt: string;
}

/** The first bytes of a rollback journal that has something to take back. https://www.sqlite.org/fileformat.html */
const JOURNAL_MARK = Buffer.from('d9d505f920a163d7', 'hex');

/**
 * @internal Copies a database of another tool with what its write-ahead log holds: SQLite makes files beside the ones that it
 * reads, and nothing is to change there.
 *
 * @throws `workflows.unreadable-source`, `io.changed-while-read` while the tool is writing, `io.*`
 */
export async function copyDatabase(io: Io, source: string, signal?: AbortSignal): Promise<DatabaseCopy> {
  const before = await statusOf(io, source);
  if (before === null) throw notFound(source);
  if (before.kind !== 'file') throw unreadableSource(source, { reason: 'it is no file' });
  // A journal is not played back: it may name any file of this machine to be removed.
  if (await isJournalHot(`${source}-journal`)) {
    throw unreadableSource(source, {
      reason: 'what wrote it ended half-way, and its journal has to be taken back first',
      hint: 'start the tool that it belongs to, and close it again',
    });
  }
  const log = `${source}-wal`;
  const logBefore = await statusOf(io, log);
  const folder = await mkdtemp(join(tmpdir(), 'modelkeep-registry-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const path = join(folder, basename(source));
    await io.copyFile({ source, target: path, algorithms: [], signal });
    if (logBefore !== null && logBefore.kind === 'file' && logBefore.sizeBytes > 0)
      await io.copyFile({ source: log, target: `${path}-wal`, algorithms: [], signal });
    const isSame = isUnchanged(before, await statusOf(io, source)) && isUnchanged(logBefore, await statusOf(io, log));
    if (!isSame) throw changed(source);
    const writtenAtMs = Math.max(before.mtimeMs, logBefore?.mtimeMs ?? 0);
    return { path, writtenAt: new Date(writtenAtMs).toISOString(), [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function statusOf({ fileSystem }: Io, path: string): Promise<FileStatus | null> {
  try {
    return await fileSystem.stat(path);
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return null;
    throw error;
  }
}

async function isJournalHot(path: string): Promise<boolean> {
  let file;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  try {
    const head = Buffer.alloc(JOURNAL_MARK.length);
    await file.read(head, 0, head.length, 0);
    return head.equals(JOURNAL_MARK);
  } finally {
    await file.close();
  }
}

function isUnchanged(before: FileStatus | null, after: FileStatus | null): boolean {
  return before?.sizeBytes === after?.sizeBytes && before?.mtimeMs === after?.mtimeMs && before?.inode === after?.inode;
}

function notFound(path: string): ModelkeepError {
  return new ModelkeepError('io.not-found', { message: `there is no ${path}`, facts: { path } });
}

function changed(path: string): ModelkeepError {
  return new ModelkeepError('io.changed-while-read', {
    message: `${path} was changed while it was read`,
    facts: { path },
    hint: 'close the tool that it belongs to, then try again',
  });
}
