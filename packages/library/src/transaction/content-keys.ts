import type { ModelSource } from '@modelkeep/core';
import type { RecordedFile } from './transaction-record.ts';

/** @internal What makes two files the same content before a byte of them was read. */
export function contentKeys(file: Pick<RecordedFile, 'sha256' | 'gitSha1' | 'sizeBytes' | 'address'>): string[] {
  if (file.sha256 !== null) return [`sha256:${file.sha256}`];
  if (file.gitSha1 !== null) return file.sizeBytes === null ? [] : [`git:${file.gitSha1}:${file.sizeBytes}`];
  // Likely the same: whoever goes on with the part makes sure of it by the ETag.
  return file.address === null ? [] : [`address:${file.address}:${file.sizeBytes ?? ''}`];
}

/** @internal Where a file on the web comes from; null for what has a better name than that. */
export function addressOf(source: ModelSource): string | null {
  return source.provider === 'url' ? `${source.endpoint ?? ''}${source.path ?? ''}` : null;
}
