import { join } from 'node:path';
import { isModelkeepError, type ModelFile } from '@modelkeep/core';
import type { FileStatus } from '@modelkeep/io';
import { blobPath, blobStatus } from '../blobs/blob-store.ts';
import { verifyExternal } from '../external/verify-external.ts';
import type { StoreContext } from '../store-context.ts';
import { walkModels, type FoundModel } from './walk-models.ts';

/** Something that is not as the metadata says. */
export interface VerifyProblem {
  readonly modelId: string | null;
  readonly slug: string;
  /** The file below the model's folder, or null for the model itself. */
  readonly file: string | null;
  /**
   * `missing`: no such file in the model's folder. `blob-missing`: no blob. `size`, `corrupt`: other bytes than the
   * metadata says, in the blob. `diverged`: the folder's file is no longer the blob. `metadata`: it cannot be read.
   * `unreadable`: the drive or a permission keeps the bytes back; `found` says which.
   */
  readonly problem: 'missing' | 'blob-missing' | 'size' | 'corrupt' | 'diverged' | 'metadata' | 'unreadable';
  readonly expected: string | null;
  readonly found: string | null;
}

/** What a verification found. */
export interface VerifyReport {
  readonly models: number;
  readonly files: number;
  /** Bytes that were hashed; content that several models share is hashed once. */
  readonly bytesHashed: number;
  readonly problems: readonly VerifyProblem[];
}

/** How a library is verified. */
export interface VerifyOptions {
  /** `hash` reads every byte, `size` only looks at sizes. @default 'hash' */
  readonly depth?: 'hash' | 'size' | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Takes the bytes hashed so far. */
  readonly onProgress?: ((bytesHashed: number, file: string) => void) | undefined;
}

/** @internal Compares everything that is stored with what the metadata says. Changes nothing. */
export async function verifyModels(context: StoreContext, options: VerifyOptions = {}): Promise<VerifyReport> {
  const problems: VerifyProblem[] = [];
  const blobs = new Map<string, Omit<VerifyProblem, 'modelId' | 'slug' | 'file'> | null>();
  const count = { models: 0, files: 0, bytesHashed: 0 };

  const checkBlob = async (file: ModelFile): Promise<Omit<VerifyProblem, 'modelId' | 'slug' | 'file'> | null> => {
    const status = await blobStatus(context, file.sha256);
    if (status === null) return { problem: 'blob-missing', expected: file.sha256, found: null };
    if (status.sizeBytes !== file.sizeBytes) {
      return { problem: 'size', expected: String(file.sizeBytes), found: String(status.sizeBytes) };
    }
    if (options.depth === 'size') return null;
    const before = count.bytesHashed;
    const { digests } = await context.io.hashFile(blobPath(context, file.sha256), {
      algorithms: ['sha256'],
      signal: options.signal,
      onProgress: (bytes) => options.onProgress?.(before + bytes, file.name),
    });
    count.bytesHashed += status.sizeBytes;
    if (digests.sha256 === file.sha256) return null;
    return { problem: 'corrupt', expected: file.sha256, found: digests.sha256 };
  };

  const checkFile = async (
    model: FoundModel,
    file: ModelFile,
  ): Promise<Omit<VerifyProblem, 'modelId' | 'slug' | 'file'> | null> => {
    if (!blobs.has(file.sha256)) blobs.set(file.sha256, await checkBlob(file));
    const blobProblem = blobs.get(file.sha256) ?? null;
    if (blobProblem !== null) return blobProblem;
    const path = join(model.folder, file.name);
    const status = await statusOf(context, path);
    if (status === null) return { problem: 'missing', expected: file.sha256, found: null };
    const blob = await blobStatus(context, file.sha256);
    if (blob !== null && blob.inode === status.inode && blob.device === status.device) return null;
    if (status.sizeBytes !== file.sizeBytes) {
      return { problem: 'diverged', expected: String(file.sizeBytes), found: String(status.sizeBytes) };
    }
    if (options.depth === 'size') return null;
    const { digests } = await context.io.hashFile(path, { algorithms: ['sha256'], signal: options.signal });
    count.bytesHashed += status.sizeBytes;
    return digests.sha256 === file.sha256
      ? null
      : { problem: 'diverged', expected: file.sha256, found: digests.sha256 };
  };

  for await (const model of walkModels(context.fileSystem, context.layout)) {
    options.signal?.throwIfAborted();
    if ('error' in model) {
      problems.push({
        modelId: null,
        slug: model.slug,
        file: null,
        problem: 'metadata',
        expected: null,
        found: model.error.message,
      });
      continue;
    }
    count.models += 1;
    if (model.metadata.place !== undefined) {
      const findings = await verifyExternal(context, model, { ...options, count });
      for (const finding of findings) problems.push({ modelId: model.metadata.id, slug: model.slug, ...finding });
      continue;
    }
    for (const file of model.metadata.files) {
      count.files += 1;
      const problem = await checkFile(model, file).catch((error: unknown) => unreadable(error, file));
      if (problem !== null)
        problems.push({ modelId: model.metadata.id, slug: model.slug, file: file.name, ...problem });
    }
  }
  return { ...count, problems };
}

/** A file that cannot be read is a finding and not the end of the search. */
function unreadable(error: unknown, file: ModelFile): Omit<VerifyProblem, 'modelId' | 'slug' | 'file'> {
  if (!isModelkeepError(error) || !error.code.startsWith('io.')) throw error;
  return { problem: 'unreadable', expected: file.sha256, found: error.message };
}

async function statusOf(context: StoreContext, path: string): Promise<FileStatus | null> {
  try {
    const status = await context.fileSystem.lstat(path);
    return status.kind === 'file' ? status : null;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return null;
    throw error;
  }
}
