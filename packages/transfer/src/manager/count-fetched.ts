import type { Metrics } from '@modelkeep/core';
import type { TransferProgress } from '../fetch-options.ts';

const downloaded = {
  name: 'modelkeep_downloaded_bytes_total',
  help: 'Bytes of downloads that came over the network, those that were of no use included.',
};

/** @internal Counts what one run of a transfer fetches, as it tells. */
export function countFetched(
  metrics: Metrics,
  onProgress: (progress: TransferProgress) => void,
): (progress: TransferProgress) => void {
  let counted = 0;
  return (progress) => {
    const more = progress.bytesFetched - counted;
    counted = progress.bytesFetched;
    if (more > 0) metrics.count(downloaded, {}, more);
    onProgress(progress);
  };
}
