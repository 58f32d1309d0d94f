import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { isModelkeepError, ModelkeepError, type ModelFile, type ModelMetadata } from '@modelkeep/core';
import type { FileStatus } from '@modelkeep/io';
import { recallBlob } from '../blobs/recall-blob.ts';
import { statusAt } from '../files/status-at.ts';
import { rebuildIndex } from '../models/rebuild-index.ts';
import type { StoreContext } from '../store-context.ts';
import { ensureRealFolder, requireRealFolder } from '../volume/require-real-folders.ts';
import { locateContent, moveDurably, waitingPath } from './contents.ts';

/** Files that a tool looks for beside the weights, such as a config: so small that each model has its own. */
const COPIED_BYTES = 1024 * 1024;
const ATTEMPTS = 3;

/** @internal Whether a second model gets a copy of the file, and no mere reference to it. */
export function isCopied({ role, sizeBytes }: Pick<ModelFile, 'role' | 'sizeBytes'>): boolean {
  return role !== 'weights' && sizeBytes <= COPIED_BYTES;
}

/**
 * @internal Gives a model's folder the files that its metadata names: content that waits moves in. What another model has
 * stays there and is only referred to, but for small files that are no weights. What somebody else has put under a name
 * is kept.
 */
export async function bringFiles(
  context: StoreContext,
  { folder, metadata }: { readonly folder: string; readonly metadata: ModelMetadata },
): Promise<void> {
  for (const file of metadata.files) {
    const path = join(folder, file.name);
    await requireRealFolder(context.fileSystem, context.layout.root, dirname(path));
    const present = await statusAt(context.fileSystem, path);
    if (present === null) await bringFile(context, { file, path });
    else if (!(await isContent(context, path, { present, file })))
      context.logger.warn('a file of a model was changed by somebody else and is kept', { path });
  }
}

/** Weights are never replaced by others under the same name, and would take long to read. */
async function isContent(
  context: StoreContext,
  path: string,
  { present, file }: { readonly present: FileStatus; readonly file: ModelFile },
): Promise<boolean> {
  if (present.kind !== 'file' || present.sizeBytes !== file.sizeBytes) return false;
  if (file.role === 'weights') return true;
  return (await context.io.hashFile(path, { algorithms: ['sha256'] })).digests.sha256 === file.sha256;
}

/** @internal What {@link bringFile} brings where. Nothing has that name. */
export interface BroughtFile {
  readonly file: Pick<ModelFile, 'role' | 'sizeBytes' | 'sha256'>;
  readonly path: string;
}

/**
 * @internal Gives a file its bytes.
 *
 * @returns whether it is there now; else another model has its bytes
 * @throws `io.not-found` when nobody has them
 */
export async function bringFile(context: StoreContext, { file, path }: BroughtFile): Promise<boolean> {
  const { sha256 } = file;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      await ensureRealFolder(context.fileSystem, context.layout.root, dirname(path));
      await moveDurably(context, waitingPath(context, sha256), path);
      return true;
    } catch (error) {
      if (!isModelkeepError(error, 'io.not-found')) throw error;
    }
    const other = await locateContent(context, sha256, path);
    if (other === null) {
      if ((await recallBlob(context, sha256)) !== null) continue;
      // Another process may have brought it at this moment.
      if ((await statusAt(context.fileSystem, path)) !== null) return true;
      // Somebody may have moved the folder of the model that has it: then the index does not tell.
      if (attempt === 1 && (await rebuildIndex(context)).models > 0) continue;
      break;
    }
    if (other.slug === null) continue;
    if (!isCopied(file)) return false;
    if (await copyFrom(context, other.path, { file, path })) return true;
  }
  throw new ModelkeepError('io.not-found', {
    message: `the content ${sha256} of ${path} is not in the library`,
    facts: { path },
    hint: 'run verify with --repair: it fetches what is missing from where it came from',
  });
}

/** @returns whether the file that was copied still was what it should be */
async function copyFrom(context: StoreContext, source: string, { file, path }: BroughtFile): Promise<boolean> {
  const { fileSystem } = context;
  const temporary = join(dirname(path), `.${randomBytes(8).toString('hex')}.tmp`);
  try {
    const { digests } = await context.io.copyFile({ source, target: temporary, algorithms: ['sha256'] });
    if (digests.sha256 !== file.sha256) return false;
    await fileSystem.rename(temporary, path);
    await context.syncFolder(dirname(path));
    return true;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return false;
    throw error;
  } finally {
    await fileSystem.unlink(temporary).catch(() => {});
  }
}
