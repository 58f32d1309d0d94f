import type { DriveInfo } from '../drives/drive-info.ts';
import type { RunCommand } from '../drives/system-files.ts';
import type { CheckPlaceOptions, PlaceFinding } from './place-report.ts';

const ntfsOnLinux = new Set(['ntfs', 'ntfs3', 'ntfs-3g', 'fuse.ntfs-3g']);

/** @internal How it is found out. */
export interface DirtyVolumeOptions {
  readonly platform: NodeJS.Platform;
  readonly run: RunCommand;
  readonly place: CheckPlaceOptions;
}

/**
 * @internal Whether an NTFS volume was not unmounted cleanly, or Windows sleeps on it (its fast start-up). On Linux ntfs-3g then
 * mounts it read-only, and ntfs3 mounts it only with `force`: the mount tells. Windows answers `fsutil dirty query`, to
 * administrators and in words of its language: only the English yes counts.
 */
export async function dirtyVolumeFinding(
  drive: DriveInfo,
  { platform, run, place }: DirtyVolumeOptions,
): Promise<PlaceFinding | undefined> {
  const { mountPoint, fileSystemType, mountOptions } = drive;
  if (platform === 'linux') {
    const isNtfs = ntfsOnLinux.has(fileSystemType) || (fileSystemType === 'fuseblk' && !mountOptions.includes('exfat'));
    if (!isNtfs) return undefined;
    const isForced = mountOptions.includes('force');
    if (!isForced && !(drive.readOnly && place.for === 'target')) return undefined;
    return dirty(mountPoint, false);
  }
  if (platform !== 'win32' || fileSystemType !== 'NTFS' || !/^[A-Za-z]:\\$/.test(mountPoint)) return undefined;
  const args = ['dirty', 'query', mountPoint.slice(0, 2)];
  const answer = await run({ command: 'fsutil.exe', args, signal: place.signal }).catch(() => '');
  return /\bis\s+dirty\b/i.test(answer) ? dirty(mountPoint, true) : undefined;
}

function dirty(mountPoint: string, isCertain: boolean): PlaceFinding {
  return {
    code: 'dirty-volume',
    severity: 'warning',
    message: `the NTFS volume ${mountPoint} ${isCertain ? 'was' : 'may have been'} left by Windows unfinished`,
    facts: { mountPoint, isCertain },
    hint: 'run chkdsk /f on it in Windows, switch off fast start-up there, and shut it down instead of hibernating',
  };
}
