import { createHash } from 'node:crypto';
import type { ModelMetadata } from '@modelkeep/core';

/**
 * @internal The lock of a content: who stores the same model, or another part of the same set, takes the same one, and so
 * does who deletes it.
 */
export function contentLockOf({
  expectedFiles,
  files,
  format,
}: Pick<ModelMetadata, 'expectedFiles' | 'files' | 'format'>): string {
  const weights = files.filter(({ role }) => role === 'weights').map(({ sha256 }) => sha256);
  // Parts of one pipeline have nothing in common that both know: all pipelines share a lock, which is held for milliseconds.
  const own = expectedFiles.length > 1 ? expectedFiles.join('\n') : (weights[0] ?? '');
  const key = format === 'diffusers' ? format : own;
  return createHash('sha256').update(key).digest('hex').slice(0, 2);
}
