import type { Logger } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import { discardPart } from '../discard-part.ts';
import type { PartPlace } from '../read-part.ts';
import { statusOf } from '../status-of.ts';

/** @internal */
export interface Leftovers extends PartPlace {
  /** Without a run there is at most what an earlier process has left, and the folder need not be searched. */
  readonly hasRun: boolean;
}

/** @internal Removes what a transfer wrote. What cannot be removed is only logged: how the transfer ended counts more. */
export async function discardLeftovers(
  { fileSystem, logger }: { readonly fileSystem: FileSystem; readonly logger: Logger },
  { part, journal, hasRun }: Leftovers,
): Promise<void> {
  try {
    if (!hasRun && !((await statusOf(fileSystem, part)) ?? (await statusOf(fileSystem, journal)))) return;
    await discardPart(fileSystem, { part, journal });
  } catch (error) {
    logger.warn('what a download has left could not be removed', { part, error: String(error) });
  }
}
