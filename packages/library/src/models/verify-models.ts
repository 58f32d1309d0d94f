import { join } from 'node:path';
import { isModelkeepError, type ModelFile } from '@modelkeep/core';
import { blobStatus, contentPath } from '../blobs/blob-store.ts';
import { fileAt } from '../files/status-at.ts';
import { verifyExternal } from '../external/verify-external.ts';
import { isFolderStore } from '../folder-store/contents.ts';
import { folderChecks } from '../folder-store/folder-checks.ts';
import { safetyOf } from '../metadata/load-safety.ts';
import type { StoreContext } from '../store-context.ts';
import type { ApartFile, Finding, UnsafeModel, VerifyOptions, VerifyProblem, VerifyReport } from './verify-report.ts';
import { settledProblems } from './settled-problems.ts';
import { walkModels, type FoundModel } from './walk-models.ts';

/** @internal Compares everything that is stored with what the metadata says. Changes nothing. */
export async function verifyModels(
  context: StoreContext,
  options: VerifyOptions = {},
): Promise<Omit<VerifyReport, 'doubled'>> {
  const inFolders = isFolderStore(context) ? await folderChecks(context, options) : null;
  const problems: VerifyProblem[] = [];
  const blobs = new Map<string, Finding | null>();
  const apart = new Map<string, ApartFile>();
  const unsafe: UnsafeModel[] = [];
  const count = { models: 0, files: 0, bytesHashed: 0 };

  const checkBlob = async (file: ModelFile): Promise<Finding | null> => {
    const status = await blobStatus(context, file.sha256);
    if (status === null) return { problem: 'blob-missing', part: 'blob', expected: file.sha256, found: null };
    if (status.sizeBytes !== file.sizeBytes) {
      return { problem: 'size', part: 'blob', expected: String(file.sizeBytes), found: String(status.sizeBytes) };
    }
    if (options.depth === 'size') return null;
    const before = count.bytesHashed;
    const { digests } = await context.io.hashFile(await contentPath(context, file.sha256), {
      algorithms: ['sha256'],
      signal: options.signal,
      onProgress: (bytes) => options.onProgress?.(before + bytes, file.name),
    });
    count.bytesHashed += status.sizeBytes;
    if (digests.sha256 === file.sha256) return null;
    return { problem: 'corrupt', part: 'blob', expected: file.sha256, found: digests.sha256 };
  };

  /** Once for each content. */
  const blobFinding = async (file: ModelFile): Promise<Finding | null> => {
    if (!blobs.has(file.sha256)) {
      blobs.set(file.sha256, await checkBlob(file).catch((error: unknown) => unreadable(error, file, 'blob')));
    }
    return blobs.get(file.sha256) ?? null;
  };

  const checkFile = async (model: FoundModel, file: ModelFile): Promise<Finding | null> => {
    const blobProblem = await blobFinding(file);
    if (blobProblem !== null) return blobProblem;
    const path = join(model.folder, file.name);
    const status = await fileAt(context.fileSystem, path);
    if (status === null) return { problem: 'missing', part: 'file', expected: file.sha256, found: null };
    const blob = await blobStatus(context, file.sha256);
    if (blob !== null && blob.inode === status.inode && blob.device === status.device) return null;
    if (status.sizeBytes !== file.sizeBytes) {
      return { problem: 'diverged', part: 'file', expected: String(file.sizeBytes), found: String(status.sizeBytes) };
    }
    const { slug } = model;
    const itself = { slug, file: file.name, sha256: file.sha256, sizeBytes: file.sizeBytes };
    if (options.depth !== 'size') {
      const { digests } = await context.io.hashFile(path, { algorithms: ['sha256'], signal: options.signal });
      count.bytesHashed += status.sizeBytes;
      const found = digests.sha256;
      if (found !== file.sha256) return { problem: 'diverged', part: 'file', expected: file.sha256, found };
    }
    apart.set(`${slug}/${file.name}`, itself);
    return null;
  };

  const forget = (sha256: string): void => void blobs.delete(sha256);
  const problemsOf = async (model: FoundModel): Promise<VerifyProblem[]> => {
    const { metadata, slug } = model;
    const found: VerifyProblem[] = [];
    const note = ({ sha256, name }: ModelFile, problem: Finding | null): void => {
      if (problem !== null) found.push({ modelId: metadata.id, slug, file: name, sha256, ...problem });
    };
    // What newer files have taken the place of stands in no folder, and its bytes are kept.
    for (const file of metadata.replaced ?? []) note(file, await blobFinding(file));
    if (metadata.evictedAt !== undefined) return found;
    for (const file of metadata.files) {
      const check = inFolders === null ? checkFile(model, file) : inFolders.check(model, { file, count });
      note(file, await check.catch((error: unknown) => unreadable(error, file, 'file')));
    }
    return found;
  };

  for await (const model of walkModels(context.fileSystem, context.layout)) {
    options.signal?.throwIfAborted();
    if ('error' in model) {
      problems.push({
        modelId: null,
        slug: model.slug,
        file: null,
        problem: 'metadata',
        part: 'metadata',
        sha256: null,
        expected: null,
        found: model.error.message,
      });
      continue;
    }
    count.models += 1;
    const verdict = safetyOf(model.metadata)?.verdict;
    if (verdict === 'dangerous' || verdict === 'suspicious') {
      unsafe.push({ modelId: model.metadata.id, slug: model.slug, verdict });
    }
    if (model.metadata.place !== undefined) {
      const findings = await verifyExternal(context, model, { ...options, count });
      const { id: modelId, files } = model.metadata;
      for (const finding of findings) {
        const sha256 = files.find(({ name }) => name === finding.file)?.sha256 ?? null;
        problems.push({ modelId, slug: model.slug, part: 'outside', sha256, ...finding });
      }
      continue;
    }
    if (model.metadata.evictedAt === undefined) count.files += model.metadata.files.length;
    problems.push(...(await settledProblems(context, model, { look: problemsOf, forget })));
  }
  return { ...count, problems, apart: [...apart.values()], unsafe };
}

/** A file that cannot be read is a finding and not the end of the search. */
function unreadable(error: unknown, file: ModelFile, part: 'blob' | 'file'): Finding {
  if (!isModelkeepError(error) || !error.code.startsWith('io.')) throw error;
  return { problem: 'unreadable', part, expected: file.sha256, found: error.message };
}
