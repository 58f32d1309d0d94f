import { createConnectionBudget, createTransfers, type Transfers, type TransfersOptions } from '@modelkeep/transfer';

/** What all downloads of a library together may take. */
export interface DownloadLimits {
  /** @default no limit */
  readonly maxBytesPerSecond?: number | null | undefined;
  /** Files over 1 MiB at once; together with small ones it may be twice as many. @default 4 */
  readonly filesAtOnce?: number | undefined;
  /** Connections to one origin, also for one file alone. @default 8 */
  readonly connections?: number | undefined;
}

/** @internal All downloads of a library, with the limits that they share. */
export function openTransfers(
  parts: Pick<TransfersOptions, 'http' | 'io' | 'clock' | 'logger' | 'metrics'>,
  { maxBytesPerSecond, filesAtOnce, connections }: DownloadLimits = {},
): Transfers {
  return createTransfers({
    ...parts,
    maxBytesPerSecond,
    filesAtOnce,
    connections: createConnectionBudget({ perOrigin: connections }),
  });
}
