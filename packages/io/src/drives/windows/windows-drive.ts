import type { DriveInfo } from '../drive-info.ts';
import { isCaseSensitiveType } from '../file-system-types.ts';
import type { DriveReader } from '../drive-reader.ts';
import type { RunCommand } from '../system-files.ts';
import { windowsScript } from './windows-script.ts';
import { parseWindowsTable, type WindowsShare, type WindowsVolume } from './windows-table.ts';

/** @internal Drives by PowerShell; a path of a share needs no question. Undefined for what is on no known volume. */
export function createWindowsReader(run: RunCommand): DriveReader {
  return async ({ path: written, deviceId, signal }) => {
    const path = withoutPrefix(written);
    const unc = /^\\\\[^\\]+\\[^\\]+/.exec(path)?.[0];
    if (unc !== undefined) return ofShare({ letter: unc, share: unc, fileSystem: '' }, deviceId);
    const args = ['-NoProfile', '-NonInteractive', '-Command', windowsScript];
    const { volumes, shares } = parseWindowsTable(await run({ command: 'powershell.exe', args, signal }));
    const share = shares.find(({ letter }) => letter.toLowerCase() === path.slice(0, 2).toLowerCase());
    if (share !== undefined) return ofShare(share, deviceId);
    const seen = volumes
      .flatMap((volume) => volume.accessPaths.map((at) => ({ volume, at })))
      .filter(({ at }) => isAtOrBelow(path, at))
      .sort((a, b) => b.at.length - a.at.length)[0];
    return seen === undefined ? undefined : ofVolume(seen.volume, { deviceId, mountPoint: seen.at });
  };
}

function ofVolume(volume: WindowsVolume, at: Pick<DriveInfo, 'deviceId' | 'mountPoint'>): DriveInfo {
  const { diskNumber, diskId, mediaType, isRemovable, fileSystem } = volume;
  return {
    ...at,
    id: `disk:${diskId === '' ? diskNumber : diskId}`,
    source: `disk ${diskNumber}`,
    fileSystemType: fileSystem,
    kind: isRemovable ? 'removable' : mediaType,
    rotates: mediaType === 'unknown' ? null : mediaType === 'hdd',
    removable: isRemovable,
    readOnly: volume.readOnly,
    // NTFS can be told to tell names apart folder by folder; unless somebody did, it does not.
    caseSensitive: isCaseSensitiveType(fileSystem, []) ?? false,
    mountOptions: [],
    disks: [diskNumber],
  };
}

function ofShare({ letter, share, fileSystem }: WindowsShare, deviceId: string): DriveInfo {
  return {
    id: `share:${share.toLowerCase()}`,
    deviceId,
    mountPoint: letter.startsWith('\\') ? letter : `${letter}\\`,
    source: share,
    fileSystemType: fileSystem,
    kind: 'network',
    rotates: null,
    removable: false,
    readOnly: false,
    caseSensitive: null,
    mountOptions: [],
    disks: [],
  };
}

/** `\\?\C:\x` and `\\?\UNC\server\share` are other ways to write the same paths. */
function withoutPrefix(path: string): string {
  if (/^\\\\\?\\UNC\\/i.test(path)) return `\\\\${path.slice(8)}`;
  return path.startsWith('\\\\?\\') ? path.slice(4) : path;
}

function isAtOrBelow(path: string, folder: string): boolean {
  return `${path}\\`.toLowerCase().startsWith(folder.toLowerCase());
}
