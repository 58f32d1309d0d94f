import { createByteRanges, type ByteRange, type FileSystem } from '@modelkeep/io';
import type { KnownContent } from '../fetch-context.ts';
import type { JournalContent } from '../journal/journal-lines.ts';
import { statusOf } from '../status-of.ts';

/** @internal Bytes of a part that can be used again. */
export interface UsablePart {
  readonly inode: string;
  readonly ranges: readonly ByteRange[];
  /** Of all ranges. */
  readonly durableBytes: number;
  /** The end of the last range. */
  readonly endBytes: number;
  readonly etag: string | null;
  readonly totalBytes: number | null;
  /** Whether the file itself can be gone on with: it has no other name and can be written. */
  readonly writable: boolean;
}

/**
 * @internal What a journal promises, as far as the part on disk and what is known of the file bear it out.
 *
 * @param content - from a journal that anybody may have written
 */
export async function usablePart(
  fileSystem: FileSystem,
  part: string,
  { content, known }: { readonly content: JournalContent | undefined; readonly known: KnownContent },
): Promise<UsablePart | undefined> {
  if (content === undefined || content.ranges.length === 0 || !isSameContent(content, known)) return undefined;
  const { ranges, etag, totalBytes } = content;
  const { sizeBytes: durableBytes, endBytes } = createByteRanges(ranges);
  const status = await statusOf(fileSystem, part);
  if (status?.kind !== 'file' || status.inode !== content.inode || status.sizeBytes < endBytes) return undefined;
  const wholeBytes = known.sizeBytes ?? totalBytes;
  if (wholeBytes !== null && endBytes > wholeBytes) return undefined;
  const writable = status.linkCount === 1 && (status.mode & 0o200) !== 0;
  return { inode: status.inode, ranges, durableBytes, endBytes, etag, totalBytes, writable };
}

/** Nothing contradicts, and a digest or a strong ETag says that it is the same. */
function isSameContent({ expected, etag }: JournalContent, known: KnownContent): boolean {
  const agree = (key: keyof KnownContent): boolean =>
    expected[key] === null || known[key] === null || expected[key] === known[key];
  if (!agree('sizeBytes') || !agree('sha256') || !agree('gitSha1')) return false;
  const sameSha256 = known.sha256 !== null && expected.sha256 !== null;
  const sameGitSha1 = known.gitSha1 !== null && expected.gitSha1 !== null;
  return sameSha256 || sameGitSha1 || etag !== null;
}
