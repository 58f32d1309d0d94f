import type { TransferFile } from './transfer-file.ts';

/** @internal What makes two files the same content before a byte of them was read; null when nothing does. */
export function contentKeyOf({ expected, reuse }: TransferFile): string | null {
  if (reuse === undefined || expected === undefined) return null;
  const { sha256 = null, gitSha1 = null, sizeBytes = null } = expected;
  if (sha256 !== null) return `sha256:${sha256}`;
  return gitSha1 !== null && sizeBytes !== null ? `git-sha1:${gitSha1}:${sizeBytes}` : null;
}
