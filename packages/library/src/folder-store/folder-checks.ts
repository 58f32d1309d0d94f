import { join } from 'node:path';
import type { ModelFile } from '@modelkeep/core';
import { fileAt } from '../files/status-at.ts';
import type { Finding, VerifyOptions } from '../models/verify-report.ts';
import type { FoundModel } from '../models/walk-models.ts';
import { readPlaces } from '../repair/places.ts';
import type { StoreContext } from '../store-context.ts';
import { isCopied } from './bring-files.ts';
import { waitingPath } from './contents.ts';

/** @internal How the files of a model are verified where they are all there is of their bytes. */
export interface FolderChecks {
  check(model: FoundModel, checked: CheckedFile): Promise<Finding | null>;
}

interface CheckedFile {
  readonly file: ModelFile;
  readonly count: { bytesHashed: number };
}

/** @internal Where content is comes from the metadata on the drive and not from the index. */
export async function folderChecks(
  context: StoreContext,
  { depth, onProgress, signal }: VerifyOptions,
): Promise<FolderChecks> {
  const places = await readPlaces(context, signal);
  const known = new Map<string, Promise<Finding | null>>();

  const compare = async (path: string, { file, count }: CheckedFile): Promise<Finding | null> => {
    const status = await fileAt(context.fileSystem, path);
    if (status === null) return { problem: 'blob-missing', part: 'blob', expected: file.sha256, found: null };
    if (status.sizeBytes !== file.sizeBytes) {
      return { problem: 'size', part: 'blob', expected: String(file.sizeBytes), found: String(status.sizeBytes) };
    }
    if (depth === 'size') return null;
    const before = count.bytesHashed;
    const { digests } = await context.io.hashFile(path, {
      algorithms: ['sha256'],
      signal,
      onProgress: (bytes) => onProgress?.(before + bytes, file.name),
    });
    count.bytesHashed += status.sizeBytes;
    if (digests.sha256 === file.sha256) return null;
    return { problem: 'corrupt', part: 'blob', expected: file.sha256, found: digests.sha256 };
  };
  const once = (path: string, checked: CheckedFile): Promise<Finding | null> => {
    const checking = known.get(path) ?? compare(path, checked);
    known.set(path, checking);
    return checking;
  };

  return {
    async check(model, checked) {
      const { file } = checked;
      const own = join(model.folder, file.name);
      if ((await fileAt(context.fileSystem, own)) !== null) return once(own, checked);
      let last: Finding | null = null;
      for (const { path } of places.get(file.sha256) ?? []) {
        if (path === own || (await fileAt(context.fileSystem, path)) === null) continue;
        last = await once(path, checked);
        if (last !== null) continue;
        // That is how two models share weights on such a drive.
        return isCopied(file) ? missing(file) : null;
      }
      const waiting = waitingPath(context, file.sha256);
      if ((await fileAt(context.fileSystem, waiting)) !== null) {
        last = await once(waiting, checked);
        if (last === null) return missing(file);
      }
      return last ?? { problem: 'blob-missing', part: 'blob', expected: file.sha256, found: null };
    },
  };
}

/** The bytes are in the library, and the file is not where it should be. */
function missing({ sha256 }: ModelFile): Finding {
  return { problem: 'missing', part: 'file', expected: sha256, found: null };
}
