import type { RoomForFiles } from '@modelkeep/library';
import { evict, type EvictContext } from './evict.ts';

/**
 * @internal Evicts what files lack of room on the volume that they go to: on its drive, and within its quota. What could
 * not be freed is told by the download itself, which then finds no room.
 */
export async function makeRoom(
  context: EvictContext,
  { volumeId, bytesLacking }: RoomForFiles,
  signal: AbortSignal,
): Promise<void> {
  if (bytesLacking > 0) await evict(context, { freeBytes: bytesLacking, volume: volumeId, signal }).result;
}
