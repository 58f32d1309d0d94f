import { createDriveQueues, type DriveQueues } from './drive-queues.ts';

/** The number goes up when {@link DriveQueues} changes its shape: copies of this package in one process share by it. */
const KEY = Symbol.for('modelkeep.drive-queues.1');

/**
 * @internal The queues that everything in this process shares: two libraries on one hard disk move one head. Beside the turns of
 * libuv's threads it is the one place where this package keeps state beyond its objects, and it is kept on `globalThis` because
 * the disk does not care how often the package was installed.
 */
export function processDriveQueues(): DriveQueues {
  const holder = globalThis as { [KEY]?: DriveQueues };
  return (holder[KEY] ??= createDriveQueues());
}
