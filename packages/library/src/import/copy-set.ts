import { isModelkeepError } from '@modelkeep/core';
import { blobStatus } from '../blobs/blob-store.ts';
import { findBlob } from '../blobs/recall-blob.ts';
import { isFileError } from '../scan/hash-found.ts';
import type { StoreContext } from '../store-context.ts';
import { beginTransaction, type Transaction } from '../transaction/transaction.ts';
import type { StoredContent } from '../transaction/stored-file.ts';
import { algorithmsOf, contentOf, type HashChoice } from './content-hashes.ts';
import type { ImportFile, ImportSet } from './find-importable.ts';
import type { ImportProgress } from './import-progress.ts';
import { localOrigin, type ImportOptions, type ImportOrigin, type ImportResult } from './import-types.ts';

/** @internal How a set is imported. */
export interface ImportSetOptions {
  readonly result: ImportResult;
  readonly progress: ImportProgress;
  /** @default nothing is known of the files */
  readonly origin?: ImportOrigin | undefined;
  /** @default 'content' */
  readonly hashes?: HashChoice | undefined;
  readonly onTakenIn?: ImportOptions['onTakenIn'];
  readonly signal?: AbortSignal | undefined;
}

/**
 * @internal Copies the files of a set into the library. What the library has is not copied, and a file that cannot be read
 * is left out and reported.
 */
export async function copySet(context: StoreContext, set: ImportSet, options: ImportSetOptions): Promise<void> {
  const { result, progress, origin = localOrigin, onTakenIn, signal } = options;
  const known: { file: ImportFile; content: StoredContent | null }[] = [];
  for (const file of set.files) {
    await reported(result, file, async () => {
      known.push({ file, content: await hashWhereKnown(context, file, options) });
    });
  }
  const transaction = await beginTransaction(
    context,
    known.map(({ file, content }) => ({
      name: file.name,
      sizeBytes: file.sizeBytes,
      sha256: content?.sha256 ?? null,
      gitSha1: null,
      source: origin.sourceOf(file.path),
    })),
  );
  try {
    for (const { file, content } of known) {
      progress.start(file);
      await reported(result, file, async () => {
        if (await storeFile(context, transaction, { ...options, origin, file, content }))
          result.bytesCopied += file.sizeBytes;
        else result.bytesSaved += file.sizeBytes;
      });
      progress.done(file);
    }
    const { sourceGroup, layers, overrides, adjust } = origin;
    result.models.push(
      ...(await transaction.commit({
        sourceName: set.name,
        sourceGroup,
        layers,
        overrides,
        adjust,
        onTakenIn,
        signal,
      })),
    );
  } catch (error) {
    await transaction.abandon(context.logger);
    if (!isModelkeepError(error, 'library.nothing-to-import') || result.errors.length === 0) throw error;
  }
}

/** @internal Runs what reads a file: when that cannot be read, it is an error of the report and not the end. */
export async function reported(result: ImportResult, file: ImportFile, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!isFileError(error, file.path)) throw error;
    result.errors.push({ path: file.path, code: error.code, message: error.message });
  }
}

interface StoreFileOptions {
  readonly origin: ImportOrigin;
  readonly file: ImportFile;
  /** What it holds, where it was hashed because the library may have it. */
  readonly content: StoredContent | null;
}

/** @returns whether bytes were copied */
async function storeFile(
  context: StoreContext,
  transaction: Transaction,
  options: ImportSetOptions & StoreFileOptions,
): Promise<boolean> {
  const { file, content, origin, hashes = 'content', signal, progress, result } = options;
  const wanted = transaction.files.find(({ name }) => name === file.name);
  if (wanted === undefined) return false;
  if (wanted.content !== null) {
    // The same content, with more hashes of it.
    if (content?.hashes !== undefined) await transaction.adopt(file.name, content);
    return false;
  }
  await removeAdopted(context, wanted.part);
  const copied = await context.io.copyFile({
    source: file.path,
    target: wanted.part,
    algorithms: algorithmsOf(hashes),
    signal,
    onProgress: (bytes) => progress.bytes(file, bytes),
  });
  const { sha256 } = copied.digests;
  const claim = origin.claimOf(file.path);
  if (claim !== null && claim !== sha256) {
    await context.fileSystem.unlink(wanted.part);
    const message = `${file.path} is left alone: its store calls it ${claim}, and its content is ${sha256}`;
    result.errors.push({ path: file.path, code: 'library.damaged-entry', message });
    return false;
  }
  const isNew = (await blobStatus(context, sha256)) === null;
  await transaction.publish(file.name, contentOf(copied, hashes));
  return isNew;
}

/** @internal A part of a download of the same content: what is imported begins anew. */
export async function removeAdopted(context: StoreContext, part: string): Promise<void> {
  try {
    await context.fileSystem.unlink(part);
  } catch (error) {
    if (!isModelkeepError(error, 'io.not-found')) throw error;
  }
}

/** A file whose size the library knows may be here already: then it is hashed before anything is copied. */
async function hashWhereKnown(
  context: StoreContext,
  file: ImportFile,
  { hashes = 'content', signal }: Pick<ImportSetOptions, 'hashes' | 'signal'>,
): Promise<StoredContent | null> {
  if (!(await context.index.hasFileOfSize(file.sizeBytes))) return null;
  const hashed = await context.io.hashFile(file.path, { algorithms: algorithmsOf(hashes), signal });
  if ((await findBlob(context, hashed.digests.sha256)) === null) return null;
  return contentOf(hashed, hashes);
}
