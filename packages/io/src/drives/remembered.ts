import type { Clock } from '@modelkeep/core';
import type { DriveInfo } from './drive-info.ts';
import type { DriveReader } from './drive-reader.ts';

/** What a command said is believed for so long: nothing tells of a mount at once, and a command takes up to a second. */
const BELIEVED_MS = 60_000;

interface Answer {
  readonly sinceMs: number;
  readonly drive: Promise<DriveInfo | undefined>;
}

/** @internal Asks once for each device, and again after a minute; a failure is not kept. */
export function remembered(reader: DriveReader, clock: Pick<Clock, 'monotonicMs'>): DriveReader {
  const answers = new Map<string, Answer>();
  return async (place) => {
    const known = answers.get(place.deviceId);
    if (known !== undefined && clock.monotonicMs() - known.sinceMs < BELIEVED_MS) {
      const drive = await known.drive.catch(() => undefined);
      if (drive !== undefined) return drive;
    }
    const answer: Answer = { sinceMs: clock.monotonicMs(), drive: reader(place) };
    answers.set(place.deviceId, answer);
    try {
      return await answer.drive;
    } catch (error) {
      if (answers.get(place.deviceId) === answer) answers.delete(place.deviceId);
      throw error;
    }
  };
}
