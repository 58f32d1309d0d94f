import type { DriveQueue, Place, PlaceRequest } from './drive-queue.ts';

/**
 * @internal A place on each of several drives. All callers take them in the same order, so no two wait for each other; the drive
 * with the most places comes first, so that the one with few is not held while another one is waited for.
 *
 * @throws `signal.reason`; then none is held
 */
export async function takePlaces(
  queues: readonly DriveQueue[],
  request: PlaceRequest,
  signal?: AbortSignal,
): Promise<Place> {
  const taken: Place[] = [];
  const release = (bytes?: number): void => {
    for (const place of taken) place.release(bytes);
  };
  try {
    for (const queue of inOrder(queues)) taken.push(queue.tryTake(request) ?? (await queue.take(request, signal)));
  } catch (error) {
    release();
    throw error;
  }
  return { release };
}

function inOrder(queues: readonly DriveQueue[]): readonly DriveQueue[] {
  return [...new Set(queues)].sort((a, b) => b.places - a.places || (a.driveId < b.driveId ? -1 : 1));
}
