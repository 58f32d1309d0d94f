import type { FieldHashes, ModelFile } from '@modelkeep/core';

/** @internal Content whose further hashes are known. */
export type HashedContent = Pick<ModelFile, 'sha256' | 'hashes'>;

/** @internal The files with the hashes that they lacked and that are known of their content. @returns `files` itself when none gains any */
export function withHashes(files: readonly ModelFile[], known: readonly HashedContent[]): readonly ModelFile[] {
  const bySha256 = new Map<string, FieldHashes>();
  for (const { sha256, hashes } of known) if (hashes !== undefined) bySha256.set(sha256, hashes);
  const gains = ({ sha256, hashes }: ModelFile): boolean => hashes === undefined && bySha256.has(sha256);
  if (!files.some((file) => gains(file))) return files;
  return files.map((file) => (gains(file) ? { ...file, hashes: bySha256.get(file.sha256) } : file));
}
