import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import type { StoreContext } from '../store-context.ts';
import type { StoredContent } from '../transaction/stored-file.ts';
import type { MovedFile } from '../transaction/moved-file.ts';
import { isUnchanged } from '../transaction/moved-files.ts';
import { beginTransaction, type Transaction } from '../transaction/transaction.ts';
import { removeAdopted, reported, type ImportSetOptions } from './copy-set.ts';
import { algorithmsOf, contentOf } from './content-hashes.ts';
import type { ImportFile, ImportSet } from './find-importable.ts';
import { localOrigin } from './import-types.ts';

interface HashedFile {
  readonly file: ImportFile;
  readonly moved: MovedFile;
  readonly content: StoredContent;
}

/**
 * @internal Makes the files of a set the library's own. On the same drive a file becomes the blob; on another one, or where
 * it has more names than one, it is copied. Its name outside goes last, once the model is durable: whatever happens before,
 * the file is where it was.
 */
export async function moveSet(context: StoreContext, set: ImportSet, options: ImportSetOptions): Promise<void> {
  const { result, progress, signal } = options;
  const hashed: HashedFile[] = [];
  for (const file of set.files) {
    if (file.isLink) {
      result.skipped.push({ path: file.given, reason: 'a link: move the file that it leads to' });
      continue;
    }
    progress.start(file);
    await reported(result, file, async () => {
      hashed.push(await hashMoved(context, file, options));
    });
    progress.done(file);
  }
  const transaction = await beginTransaction(
    context,
    hashed.map(({ file, moved }) => ({
      name: file.name,
      sizeBytes: moved.sizeBytes,
      sha256: moved.sha256,
      gitSha1: null,
      source: localOrigin.sourceOf(file.path),
      move: moved,
    })),
    { signal },
  );
  try {
    for (const one of hashed) {
      signal?.throwIfAborted();
      await reported(result, one.file, async () => {
        const outcome = await publishMoved(context, transaction, one, signal);
        result[outcome] += one.file.sizeBytes;
      });
    }
    const models = await transaction.commit({
      sourceName: set.name,
      sourceGroup: null,
      layers: {},
      signal,
      onTakenIn: options.onTakenIn,
      onKept: (path, reason) => result.skipped.push({ path, reason: `it stays where it is: ${reason}` }),
    });
    result.models.push(...models);
  } catch (error) {
    await transaction.abandon(context.logger);
    if (!isModelkeepError(error, 'library.nothing-to-import') || result.errors.length === 0) throw error;
  }
}

/** Reads the file through one descriptor; what is under its name before and after has to be the same file. */
async function hashMoved(
  context: StoreContext,
  file: ImportFile,
  { hashes = 'content', progress, signal }: ImportSetOptions,
): Promise<HashedFile> {
  const { path } = file;
  const before = await context.fileSystem.lstat(path);
  const hashed = await context.io.hashFile(path, {
    algorithms: algorithmsOf(hashes),
    signal,
    onProgress: (bytes) => progress.bytes(file, bytes),
  });
  const { device, inode, sizeBytes, mtimeMs, mode } = before;
  const moved = { path, device, inode, sizeBytes, mtimeMs, mode, sha256: hashed.digests.sha256 };
  if (!isUnchanged(moved, await context.fileSystem.lstat(path))) throw changed(path);
  return { file, moved, content: contentOf(hashed, hashes) };
}

async function publishMoved(
  context: StoreContext,
  transaction: Transaction,
  { file, moved, content }: HashedFile,
  signal?: AbortSignal,
): Promise<'bytesMoved' | 'bytesCopied' | 'bytesSaved'> {
  const wanted = transaction.files.find(({ name }) => name === file.name);
  if (wanted === undefined) return 'bytesSaved';
  if (wanted.content !== null) {
    // The same content, with more hashes of it.
    if (content.hashes !== undefined) await transaction.adopt(file.name, content);
    return 'bytesSaved';
  }
  await removeAdopted(context, wanted.part);
  const isLinked = await linkPart(context, wanted.part, moved);
  if (!isLinked) {
    const copied = await context.io.copyFile({
      source: file.path,
      target: wanted.part,
      algorithms: ['sha256'],
      signal,
    });
    if (copied.digests.sha256 !== moved.sha256) {
      await context.fileSystem.unlink(wanted.part);
      throw changed(file.path);
    }
  }
  await transaction.publish(file.name, content);
  return isLinked ? 'bytesMoved' : 'bytesCopied';
}

/** @returns whether the part is the very file that was hashed, and has no names that others may write it by */
async function linkPart(context: StoreContext, part: string, moved: MovedFile): Promise<boolean> {
  const { fileSystem } = context;
  try {
    await fileSystem.link(moved.path, part);
  } catch (error) {
    // Another drive, one without hard links, or a file that may have no more names: a copy meets what else is wrong.
    if (isModelkeepError(error, 'io.failed') || isModelkeepError(error, 'io.permission')) return false;
    throw error;
  }
  const status = await fileSystem.lstat(part);
  if (!isUnchanged(moved, status)) {
    await fileSystem.unlink(part);
    throw changed(moved.path);
  }
  if (status.linkCount > 2) {
    await fileSystem.unlink(part);
    return false;
  }
  // Nobody but its owner has said so far that these bytes are durable.
  await fileSystem.fsyncFile(part);
  return true;
}

function changed(path: string): ModelkeepError {
  return new ModelkeepError('io.changed-while-read', {
    message: `${path} was changed while it was moved`,
    facts: { path },
    hint: 'wait until the program that writes it has finished, and run it again',
  });
}
