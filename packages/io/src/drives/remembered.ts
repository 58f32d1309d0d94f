import type { Clock } from '@modelkeep/core';
import type { DriveInfo } from './drive-info.ts';
import type { DriveReader, PlaceOnDrive } from './drive-reader.ts';

/** What a command said is believed for so long: nothing tells of a mount at once, and a command takes up to a second. */
const BELIEVED_MS = 60_000;

interface Answer {
  readonly sinceMs: number;
  readonly drive: Promise<DriveInfo | undefined>;
}

/**
 * @internal Asks once for each device. After a minute it asks again, and still gives the old answer meanwhile: nobody who copies
 * a file waits for a command each minute. A failure is not kept.
 */
export function remembered(reader: DriveReader, clock: Pick<Clock, 'monotonicMs'>): DriveReader {
  const answers = new Map<string, Answer>();
  const refreshing = new Set<string>();

  const ask = async (place: PlaceOnDrive): Promise<DriveInfo | undefined> => {
    const answer: Answer = { sinceMs: clock.monotonicMs(), drive: reader(place) };
    const before = answers.get(place.deviceId);
    if (before === undefined) answers.set(place.deviceId, answer);
    try {
      const drive = await answer.drive;
      answers.set(place.deviceId, answer);
      return drive;
    } catch (error) {
      if (answers.get(place.deviceId) === answer) answers.delete(place.deviceId);
      throw error;
    }
  };
  const refresh = async ({ path, deviceId }: PlaceOnDrive): Promise<void> => {
    if (refreshing.has(deviceId)) return;
    refreshing.add(deviceId);
    // What was known stays known where the command fails for once.
    await ask({ path, deviceId }).catch(() => {});
    refreshing.delete(deviceId);
  };

  return async (place) => {
    const known = answers.get(place.deviceId);
    if (known === undefined) return ask(place);
    const drive = await known.drive;
    if (clock.monotonicMs() - known.sinceMs >= BELIEVED_MS) void refresh(place);
    return drive;
  };
}
