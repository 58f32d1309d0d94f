import type { Clock } from '@modelkeep/core';
import type { FileSystem } from '../ports/file-system.ts';
import type { DriveInfo } from './drive-info.ts';
import type { DriveOverride } from './drive-override.ts';
import type { DriveReader } from './drive-reader.ts';
import { findExistingPlace } from './existing-place.ts';
import { createLinuxReader } from './linux/linux-drive.ts';
import { createMacReader } from './macos/macos-drive.ts';
import { remembered } from './remembered.ts';
import type { RunCommand, SystemFiles } from './system-files.ts';
import { createWindowsReader } from './windows/windows-drive.ts';

/** @internal What {@link createDrives} works with. */
export interface DrivesOptions {
  readonly platform: NodeJS.Platform;
  readonly fileSystem: FileSystem;
  readonly files: SystemFiles;
  readonly run: RunCommand;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly overrides: readonly DriveOverride[];
}

/** @internal Which drive a path is on. */
export interface Drives {
  /**
   * The drive of a path, or of the deepest folder above it that exists. What the system does not tell makes it `unknown`.
   *
   * @throws `io.*` when not even the root can be looked at, `signal.reason`
   */
  driveOf(path: string, signal?: AbortSignal): Promise<DriveInfo>;
}

/** @internal Looks up drives in the way of the system. */
export function createDrives(options: DrivesOptions): Drives {
  const { fileSystem, overrides } = options;
  const read = readerOf(options);
  return {
    async driveOf(path, signal) {
      signal?.throwIfAborted();
      const { path: real, status } = await findExistingPlace(fileSystem, path);
      let found: DriveInfo | undefined;
      try {
        found = await read({ path: real, deviceId: status.device, signal });
      } catch {
        // A command that is missing or fails: then the drive is not known, which is an answer.
      }
      signal?.throwIfAborted();
      return overridden(found ?? unknownDrive(real, status.device), overrides);
    },
  };
}

function readerOf({ platform, files, run, clock, fileSystem }: DrivesOptions): DriveReader {
  if (platform === 'linux') return createLinuxReader(files);
  if (platform === 'win32') return remembered(createWindowsReader(run), clock);
  if (platform !== 'darwin') return () => Promise.resolve(undefined);
  const deviceOf = (path: string): Promise<string | undefined> =>
    fileSystem.stat(path).then(
      ({ device }) => device,
      // A mount point that cannot be looked at is not the one of a path that can.
      () => undefined,
    );
  return remembered(createMacReader({ run, deviceOf }), clock);
}

function unknownDrive(mountPoint: string, deviceId: string): DriveInfo {
  return {
    id: `device:${deviceId}`,
    deviceId,
    mountPoint,
    source: '',
    fileSystemType: '',
    kind: 'unknown',
    rotates: null,
    removable: false,
    readOnly: false,
    caseSensitive: null,
    mountOptions: [],
    disks: [],
  };
}

function overridden(drive: DriveInfo, overrides: readonly DriveOverride[]): DriveInfo {
  const kind = overrides.find((it) => it.drive === drive.mountPoint || it.drive === drive.id)?.kind;
  if (kind === undefined) return drive;
  return { ...drive, kind, rotates: kind === 'hdd' ? true : kind === 'ssd' ? false : drive.rotates };
}
