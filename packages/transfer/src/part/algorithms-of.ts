import type { HashAlgorithm } from '@modelkeep/io';
import type { FetchContext } from '../fetch-context.ts';

/** @internal What is computed while a file is written. */
export function algorithmsOf({ known }: FetchContext): readonly HashAlgorithm[] {
  // Where the size is not known yet, git's hash is computed from the finished file.
  const git: readonly HashAlgorithm[] = known.gitSha1 !== null && known.sizeBytes !== null ? ['git-sha1'] : [];
  return ['sha256', 'blake3', ...git];
}
