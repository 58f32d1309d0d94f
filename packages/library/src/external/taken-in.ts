import type { ModelFile, ModelMetadata } from '@modelkeep/core';
import { mergeMetadata } from '../models/merge-metadata.ts';
import { withHashes } from '../models/with-hashes.ts';

/**
 * @internal A model from outside the library with the files that a draft of it has stored. All that was known of it stays,
 * where it was is one of its sources, and what stood beside its weights and was not stored is no longer a file of it.
 */
export function takenIn(outside: ModelMetadata, draft: ModelMetadata): ModelMetadata {
  const { place: _place, ...known } = outside;
  const before = new Map(outside.files.map((file) => [file.sha256, file]));
  const files = draft.files.map((file) => {
    const same = before.get(file.sha256);
    return same === undefined ? file : { ...file, ...originOf(file, same) };
  });
  const { format, expectedFiles } = draft;
  return mergeMetadata({ ...known, format, expectedFiles, files: withHashes(files, outside.files) }, draft);
}

/** @internal A store may have told more of a file than the path that it was imported from. */
export function originOf(file: ModelFile, same: ModelFile): Pick<ModelFile, 'gitSha1' | 'source'> {
  const isTold = same.source !== null && same.source.provider !== 'local';
  const isLocal = file.source === null || file.source.provider === 'local';
  return { gitSha1: file.gitSha1 ?? same.gitSha1, source: isTold && isLocal ? same.source : file.source };
}
