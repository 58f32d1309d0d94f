import { dirname } from 'node:path';
import type { FileSystem } from '@modelkeep/io';
import type { SpaceAccount, SpaceReservation } from '../space/space-account.ts';
import { statusOf } from '../status-of.ts';
import type { ManagedTransfer } from './managed-transfer.ts';

/** @internal Room for the files of a job, on all the drives they go to. */
export interface JobSpace {
  wrote(transfer: ManagedTransfer, bytes: number): void;
  release(): void;
}

/** @internal */
export interface ReserveForFilesOptions {
  readonly fileSystem: FileSystem;
  readonly space: SpaceAccount;
  readonly transfers: readonly ManagedTransfer[];
}

/** @internal Reserves what the files of a job still need, or nothing. A file of unknown size counts as none. @throws `io.disk-full` */
export async function reserveForFiles({ fileSystem, space, transfers }: ReserveForFilesOptions): Promise<JobSpace> {
  const neededBytes = new Map<string, number>();
  for (const transfer of transfers) {
    const { file, isSmall } = transfer;
    const totalBytes = file.expected?.sizeBytes ?? 0;
    // A small part is never resumed.
    const present = isSmall ? undefined : await statusOf(fileSystem, file.part);
    const presentBytes = Math.min(totalBytes, present?.sizeBytes ?? 0);
    if (presentBytes > 0) transfer.setBytesPresent(presentBytes);
    const folder = dirname(file.part);
    neededBytes.set(folder, (neededBytes.get(folder) ?? 0) + totalBytes - presentBytes);
  }
  const reservations = new Map<string, { readonly reservation: SpaceReservation; writtenBytes: number }>();
  const release = (): void => {
    for (const { reservation } of reservations.values()) reservation.release();
  };
  try {
    for (const [folder, bytes] of neededBytes) {
      if (bytes === 0) continue;
      reservations.set(folder, { reservation: await space.reserve({ folder, bytes }), writtenBytes: 0 });
    }
  } catch (error) {
    release();
    throw error;
  }
  return {
    wrote({ file }, bytes) {
      const found = reservations.get(dirname(file.part));
      if (found === undefined) return;
      found.writtenBytes += bytes;
      found.reservation.wrote(Math.max(0, found.writtenBytes));
    },
    release,
  };
}
