import { createHash } from 'node:crypto';
import type { ModelMetadata } from '@modelkeep/core';

/**
 * @internal The lock of a content: who stores the same model, or another part of the same set, takes the same one, and so
 * does who deletes it.
 */
export function contentLockOf({ expectedFiles, files }: Pick<ModelMetadata, 'expectedFiles' | 'files'>): string {
  const weights = files.filter(({ role }) => role === 'weights').map(({ sha256 }) => sha256);
  const key = expectedFiles.length > 1 ? expectedFiles.join('\n') : (weights[0] ?? '');
  return createHash('sha256').update(key).digest('hex').slice(0, 2);
}
