import type { StoreContext } from '../store-context.ts';
import { readVolumeFile } from '../volume/open-volume.ts';
import { readRoom } from './quota.ts';

/**
 * @internal What can still be stored on a volume: its drive and its quota allow it. Below 0 where it is over its quota.
 *
 * @param partBytes - of what is to be stored, so much lies on the drive already: it counts for the quota only
 */
export async function roomLeft(context: StoreContext, partBytes = 0): Promise<number> {
  const freeBytes = (await context.io.freeBytes(context.layout.root)) + partBytes;
  const quotaBytes = (await readVolumeFile(context.fileSystem, context.layout))?.quotaBytes;
  // Without a quota nothing has to be counted.
  if (quotaBytes === undefined) return freeBytes;
  const { usedBytes, reservedBytes } = await readRoom(context);
  return Math.min(freeBytes, quotaBytes - usedBytes - reservedBytes);
}
