import { isModelkeepError, type ModelFile } from '@modelkeep/core';
import type { FileStatus } from '@modelkeep/io';
import { modelFilePath } from '../models/model-folder.ts';
import type { FoundModel } from '../models/walk-models.ts';
import type { StoreContext } from '../store-context.ts';
import { nearestDevice } from './external-place.ts';

/** @internal How {@link verifyExternal} verifies. */
export interface VerifyExternalOptions {
  readonly depth?: 'hash' | 'size' | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((bytesHashed: number, file: string) => void) | undefined;
  /** Is counted on. */
  readonly count: { files: number; bytesHashed: number };
}

/** @internal A file that is not as the metadata says. */
export interface ExternalFinding {
  readonly file: string;
  readonly problem: 'missing' | 'diverged' | 'unreadable';
  readonly expected: string | null;
  readonly found: string | null;
}

/**
 * @internal Compares the files of a model outside the library with its metadata. They are their owner's: other content is
 * `diverged`, which the next scan takes over, and never corrupt; nothing is said of a drive that is not connected.
 */
export async function verifyExternal(
  context: StoreContext,
  model: FoundModel,
  options: VerifyExternalOptions,
): Promise<ExternalFinding[]> {
  const problems: ExternalFinding[] = [];
  for (const file of model.metadata.files) {
    options.signal?.throwIfAborted();
    options.count.files += 1;
    const problem = await verifyFile(context, model, { ...options, file });
    if (problem !== null) problems.push({ file: file.name, ...problem });
  }
  return problems;
}

type FileFinding = Omit<ExternalFinding, 'file'>;

async function verifyFile(
  context: StoreContext,
  { metadata }: FoundModel,
  { file, count, depth, signal, onProgress }: VerifyExternalOptions & { readonly file: ModelFile },
): Promise<FileFinding | null> {
  const path = modelFilePath(context.layout, metadata, file);
  try {
    const status = await statusOf(context, path);
    if (status === null) {
      const isConnected = file.stamp === undefined || (await nearestDevice(context, path)) === file.stamp.device;
      return isConnected ? { problem: 'missing', expected: file.sha256, found: null } : null;
    }
    if (status.sizeBytes !== file.sizeBytes) {
      return { problem: 'diverged', expected: String(file.sizeBytes), found: String(status.sizeBytes) };
    }
    if (depth === 'size') return null;
    const before = count.bytesHashed;
    const { digests, sizeBytes } = await context.io.hashFile(path, {
      algorithms: ['sha256'],
      signal,
      onProgress: (bytes) => onProgress?.(before + bytes, file.name),
    });
    count.bytesHashed += sizeBytes;
    if (digests.sha256 === file.sha256) return null;
    return { problem: 'diverged', expected: file.sha256, found: digests.sha256 };
  } catch (error) {
    if (!isModelkeepError(error) || !error.code.startsWith('io.')) throw error;
    return { problem: 'unreadable', expected: file.sha256, found: error.message };
  }
}

async function statusOf({ fileSystem }: StoreContext, path: string): Promise<FileStatus | null> {
  try {
    const status = await fileSystem.stat(path);
    return status.kind === 'file' ? status : null;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return null;
    throw error;
  }
}
