import type { ModelFile } from '@modelkeep/core';
import { blobStatus } from '../blobs/blob-store.ts';
import type { StoreContext } from '../store-context.ts';
import type { StoredContent, WantedFile } from './stored-file.ts';

/** What is wanted, without where it comes from. */
export type WantedContent = Pick<WantedFile, 'sizeBytes' | 'sha256' | 'gitSha1'>;

/**
 * @internal Looks for content that is stored already: by its SHA-256, or by git's hash where a model of the library is
 * known to hold it. The index only says where to look; the blob itself must be there with the right size.
 */
export async function findContent(context: StoreContext, wanted: WantedContent): Promise<StoredContent | null> {
  const known = await knownFile(context, wanted);
  const sha256 = wanted.sha256 ?? known?.sha256;
  if (sha256 === undefined) return null;
  const status = await blobStatus(context, sha256);
  if (status === null) return null;
  if (wanted.sizeBytes !== null && wanted.sizeBytes !== status.sizeBytes) return null;
  return {
    sizeBytes: status.sizeBytes,
    sha256,
    blake3: known?.blake3 ?? null,
    gitSha1: wanted.gitSha1 ?? known?.gitSha1 ?? null,
  };
}

async function knownFile(context: StoreContext, { sha256, gitSha1 }: WantedContent): Promise<ModelFile | undefined> {
  if (sha256 === null && gitSha1 === null) return undefined;
  const hits = await context.index.findByFileHash(sha256 === null ? { gitSha1: gitSha1 ?? undefined } : { sha256 });
  return hits[0]?.file;
}
