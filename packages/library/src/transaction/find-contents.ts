import { findBlob, recallBlob } from '../blobs/recall-blob.ts';
import type { StoreContext } from '../store-context.ts';
import { forEach, SMALL_CALLS_AT_ONCE } from '../tasks/for-each.ts';
import type { StoredContent, WantedFile } from './stored-file.ts';

/** What is wanted, without where it comes from. */
export type WantedContent = Pick<WantedFile, 'sizeBytes' | 'sha256' | 'gitSha1'>;

/** @internal How {@link findContents} looks. */
export interface FindContentsOptions {
  /** Says that a blob is needed, before it is looked for. */
  readonly pin?: ((sha256: string) => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @internal Looks for contents that are stored already: by their SHA-256, or by git's hash where a model of the library is
 * known to hold them. The index only says where to look; the blob itself must be there with the right size.
 *
 * @returns in the order of what is wanted, null for what is not there
 */
export async function findContents(
  context: StoreContext,
  wanted: readonly WantedContent[],
  { pin, signal }: FindContentsOptions = {},
): Promise<(StoredContent | null)[]> {
  const known = await context.index.findFilesByHash({
    sha256: wanted.flatMap(({ sha256 }) => sha256 ?? []),
    gitSha1: wanted.flatMap(({ sha256, gitSha1 }) => (sha256 === null ? (gitSha1 ?? []) : [])),
    signal,
  });
  const bySha256 = new Map(known.map((file) => [file.sha256, file]));
  const byGitSha1 = new Map(known.map((file) => [file.gitSha1, file]));
  const found: (StoredContent | null)[] = wanted.map(() => null);
  const look = async (one: WantedContent, position: number): Promise<void> => {
    const file = one.sha256 === null ? byGitSha1.get(one.gitSha1) : bySha256.get(one.sha256);
    const sha256 = one.sha256 ?? (one.gitSha1 === null ? undefined : file?.sha256);
    if (sha256 === undefined) return;
    await pin?.(sha256);
    // Without a pin it is only a question: a gc may take the blob after the answer.
    const status = await (pin === undefined ? findBlob : recallBlob)(context, sha256);
    if (status === null || (one.sizeBytes !== null && one.sizeBytes !== status.sizeBytes)) return;
    found[position] = {
      sizeBytes: status.sizeBytes,
      sha256,
      blake3: file?.blake3 ?? null,
      gitSha1: one.gitSha1 ?? file?.gitSha1 ?? null,
      hashes: file?.hashes,
    };
  };
  await forEach(wanted, look, { atOnce: SMALL_CALLS_AT_ONCE, signal });
  return found;
}
