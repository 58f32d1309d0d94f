import { statusAt } from '../files/status-at.ts';
import type { StoreContext } from '../store-context.ts';

/** @internal What the drive need not set aside any more for a part: of one with holes, only what was written. */
export async function partBytes({ fileSystem }: StoreContext, path: string): Promise<number> {
  const status = await statusAt(fileSystem, path);
  return status === null ? 0 : Math.min(status.sizeBytes, status.diskBytes);
}
