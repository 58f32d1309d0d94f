import type { Io } from '@modelkeep/io';
import type { DownloadPlan } from '../acquire/download-plan.ts';
import { evict, type EvictContext } from './evict.ts';

/**
 * @internal Evicts what a download needs of room: on the drive, and within the quota. What could not be freed is told by
 * the download itself, which then finds no room.
 */
export async function makeRoom(
  context: EvictContext & { readonly io: Io },
  { bytesNeeded }: DownloadPlan,
  signal: AbortSignal,
): Promise<void> {
  if (bytesNeeded === 0) return;
  const { store, io } = context;
  const { quotaBytes, usedBytes, reservedBytes } = await store.room();
  const overQuota = quotaBytes === null ? 0 : usedBytes + reservedBytes + bytesNeeded - quotaBytes;
  const overDrive = bytesNeeded - (await io.freeBytes(store.root));
  const freeBytes = Math.max(overQuota, overDrive);
  if (freeBytes > 0) await evict(context, { freeBytes, signal }).result;
}
