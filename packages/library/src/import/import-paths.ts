import {
  isModelkeepError,
  startOperation,
  type ModelRecord,
  type ModelSource,
  type Operation,
  type Progress,
} from '@modelkeep/core';
import { blobStatus } from '../blobs/blob-store.ts';
import { findBlob } from '../blobs/recall-blob.ts';
import type { StoreContext } from '../store-context.ts';
import { beginTransaction, type Transaction } from '../transaction/transaction.ts';
import type { StoredContent } from '../transaction/stored-file.ts';
import { algorithmsOf, contentOf, type HashChoice } from './content-hashes.ts';
import { findImportable, type ImportFile, type ImportSet, type SkippedPath } from './find-importable.ts';

/** What an import did. */
export interface ImportReport {
  /** The models that the files make, those that were here already included. */
  readonly models: readonly ModelRecord[];
  /** Bytes that were copied; a reflink copies none but counts here. */
  readonly bytesCopied: number;
  /** Bytes that the library had already and did not store again. */
  readonly bytesSaved: number;
  readonly skipped: readonly SkippedPath[];
}

/** How files are imported. */
export interface ImportOptions {
  /**
   * `all` computes the hashes that other tools know files by as well (AutoV1, AutoV2, AutoV3, CRC-32, tensor hash), in the same
   * read of the bytes. A model that is here already gains those that it lacked. @default 'content'
   */
  readonly hashes?: HashChoice | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @internal Copies files into the library; the originals stay as they are. */
export function importPaths(
  context: StoreContext,
  paths: readonly string[],
  { hashes = 'content', ...options }: ImportOptions & { readonly before: () => void },
): Operation<ImportReport> {
  return startOperation(async (report) => {
    options.before();
    report({ phase: 'planning' });
    const { sets, skipped } = await findImportable(context.fileSystem, paths);
    const total = sets.flatMap(({ files }) => files).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const progress = progressOf(context, report, { total, files: sets.flatMap(({ files }) => files).length });
    const result = { models: [] as ModelRecord[], bytesCopied: 0, bytesSaved: 0 };
    for (const set of sets) {
      const imported = await importSet(context, set, { hashes, signal: options.signal, progress });
      result.models.push(...imported.models);
      result.bytesCopied += imported.bytesCopied;
      result.bytesSaved += imported.bytesSaved;
    }
    report({ phase: 'done', fraction: 1, file: null, etaMs: 0 });
    return { ...result, skipped };
  });
}

interface ImportProgress {
  start(file: ImportFile): void;
  bytes(file: ImportFile, done: number): void;
  done(file: ImportFile): void;
}

interface ImportSetOptions {
  readonly hashes: HashChoice;
  readonly signal: AbortSignal | undefined;
  readonly progress: ImportProgress;
}

async function importSet(
  context: StoreContext,
  set: ImportSet,
  { hashes, signal, progress }: ImportSetOptions,
): Promise<Omit<ImportReport, 'skipped'>> {
  const known: { file: ImportFile; content: StoredContent | null }[] = [];
  for (const file of set.files) known.push({ file, content: await hashWhereKnown(context, file, { hashes, signal }) });
  const transaction = await beginTransaction(
    context,
    known.map(({ file, content }) => ({
      name: file.name,
      sizeBytes: file.sizeBytes,
      sha256: content?.sha256 ?? null,
      gitSha1: null,
      source: localSource(file),
    })),
  );
  try {
    let bytesCopied = 0;
    let bytesSaved = 0;
    for (const { file, content } of known) {
      progress.start(file);
      if (await storeFile(context, transaction, { file, content, hashes, signal, progress }))
        bytesCopied += file.sizeBytes;
      else bytesSaved += file.sizeBytes;
      progress.done(file);
    }
    const models = await transaction.commit({ sourceName: set.name, sourceGroup: null, layers: {}, signal });
    return { models, bytesCopied, bytesSaved };
  } catch (error) {
    await transaction.abandon(context.logger);
    throw error;
  }
}

interface StoreFileOptions {
  readonly file: ImportFile;
  /** What it holds, where it was hashed because the library may have it. */
  readonly content: StoredContent | null;
}

/** @returns whether bytes were copied */
async function storeFile(
  context: StoreContext,
  transaction: Transaction,
  { file, content, hashes, signal, progress }: ImportSetOptions & StoreFileOptions,
): Promise<boolean> {
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
  const isNew = (await blobStatus(context, copied.digests.sha256)) === null;
  await transaction.publish(file.name, contentOf(copied, hashes));
  return isNew;
}

/** A part of a download of the same content: a copy begins anew. */
async function removeAdopted(context: StoreContext, part: string): Promise<void> {
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
  { hashes, signal }: Pick<ImportSetOptions, 'hashes' | 'signal'>,
): Promise<StoredContent | null> {
  if (!(await context.index.hasFileOfSize(file.sizeBytes))) return null;
  const hashed = await context.io.hashFile(file.path, { algorithms: algorithmsOf(hashes), signal });
  if ((await findBlob(context, hashed.digests.sha256)) === null) return null;
  return contentOf(hashed, hashes);
}

function localSource(file: ImportFile): ModelSource {
  return { provider: 'local', endpoint: null, repo: null, revision: null, commit: null, path: file.path };
}

function progressOf(
  context: StoreContext,
  report: (change: Partial<Progress>) => void,
  totals: { total: number; files: number },
): ImportProgress {
  let before = 0;
  let filesDone = 0;
  const startedAt = context.clock.monotonicMs();
  const tell = (file: string | null, bytesDone: number): void => {
    const elapsedMs = context.clock.monotonicMs() - startedAt;
    const bytesPerSecond = elapsedMs > 0 ? (bytesDone / elapsedMs) * 1_000 : 0;
    report({
      phase: 'copying',
      file,
      filesDone,
      filesTotal: totals.files,
      bytesDone,
      bytesTotal: totals.total,
      bytesPerSecond,
      etaMs: bytesPerSecond > 0 ? ((totals.total - bytesDone) / bytesPerSecond) * 1_000 : null,
      fraction: totals.total === 0 ? 1 : bytesDone / totals.total,
    });
  };
  return {
    start: (file) => tell(file.name, before),
    bytes: (file, done) => tell(file.name, before + done),
    done: (file) => {
      before += file.sizeBytes;
      filesDone += 1;
      tell(file.name, before);
    },
  };
}
