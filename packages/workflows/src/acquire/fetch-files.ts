import type { Transaction } from '@modelkeep/library';
import type { TransferJob, TransferJobOptions } from '@modelkeep/transfer';
import type { FullAddresses } from './address-book.ts';
import type { DownloadPlan } from './download-plan.ts';
import { planFileUrl } from './ask-plan-access.ts';
import type { DownloadContext } from './download-types.ts';

/** @internal What is fetched, into which transaction, and how. */
export interface FetchFilesOptions extends TransferJobOptions {
  readonly plan: DownloadPlan;
  readonly addresses: FullAddresses;
  readonly transaction: Transaction;
}

/** @internal Starts to fetch, verify and publish every file of a transaction that is not stored yet. */
export function fetchFiles(
  context: DownloadContext,
  { plan, addresses, transaction, ...options }: FetchFilesOptions,
): TransferJob {
  const { source } = plan;
  const urlOf = (name: string): string =>
    planFileUrl(context, plan, name) ?? addresses.url ?? (source.provider === 'url' ? source.url : '');
  const mirrors = addresses.mirrors.map((url) => ({ url }));
  const missing = transaction.files.filter(({ content }) => content === null);
  return context.transfers.addAll(
    missing.map(({ name, part, journal, sizeBytes, sha256, gitSha1 }) => ({
      file: name,
      url: urlOf(name),
      mirrors,
      part,
      journal,
      quarantine: transaction.quarantine,
      expected: { sizeBytes, sha256, gitSha1 },
      maxConnections: context.maxConnections,
      deliver: (content) => transaction.publish(name, content),
      reuse: (content) => transaction.adopt(name, content),
    })),
    options,
  );
}
