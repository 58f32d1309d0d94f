import type { FetchContext } from '../fetch-context.ts';
import type { TransferProgress } from '../fetch-options.ts';
import type { PartWriter } from '../part/part-writer.ts';

/** @internal How far the fetch is. */
export function progressOf(
  { known, bytesFetched }: FetchContext,
  { bytesAccepted, bytesHashed, facts }: Pick<PartWriter, 'bytesAccepted' | 'bytesHashed' | 'facts'>,
  connections: number,
): TransferProgress {
  return {
    bytesOnDisk: bytesAccepted,
    bytesVerified: bytesHashed,
    bytesTotal: known.sizeBytes ?? facts.totalBytes,
    bytesFetched,
    connections,
  };
}
