import { describe, expect, it } from 'vitest';
import type { DriveInfo } from '../drive-info.ts';
import type { RunCommand } from '../system-files.ts';
import { createWindowsReader } from './windows-drive.ts';
import { parseWindowsTable } from './windows-table.ts';

const volume = (guid: string): string => `\\\\?\\Volume{${guid}}\\`;
const [system, big, stick, virtual] = ['1a', '2b', '3c', '4d'].map(volume) as [string, string, string, string];

/** As PowerShell 7 prints it: words for most enumerations. */
const table = {
  volumes: [
    { UniqueId: system, FileSystem: 'NTFS', DriveType: 'Fixed' },
    { UniqueId: big, FileSystem: 'ReFS', DriveType: 'Fixed' },
    { UniqueId: stick, FileSystem: 'exFAT', DriveType: 'Removable' },
    { UniqueId: virtual, FileSystem: 'NTFS', DriveType: 'Fixed' },
  ],
  partitions: [
    { DiskNumber: 0, AccessPaths: ['C:\\', system], IsReadOnly: false },
    { DiskNumber: 1, AccessPaths: ['D:\\', 'C:\\mounts\\models\\', big], IsReadOnly: true },
    { DiskNumber: 2, AccessPaths: ['E:\\', stick], IsReadOnly: false },
    { DiskNumber: 3, AccessPaths: ['V:\\', virtual], IsReadOnly: false },
    { DiskNumber: 0, AccessPaths: null, IsReadOnly: false },
  ],
  disks: [
    { DeviceId: '0', MediaType: 'SSD', BusType: 'NVMe', UniqueId: 'eui.0025388B91B3F4C7' },
    { DeviceId: '1', MediaType: 'HDD', BusType: 'SATA', UniqueId: '5000C500A1B2C3D4 ' },
    { DeviceId: '2', MediaType: 'Unspecified', BusType: 'USB', UniqueId: '' },
    { DeviceId: '3', MediaType: 'HDD', BusType: 'File Backed Virtual', UniqueId: 'x' },
  ],
  shares: [{ DeviceID: 'Z:', ProviderName: '\\\\nas\\models', FileSystem: 'NTFS' }],
};

const answering =
  (answer: unknown): RunCommand =>
  async ({ command }) => {
    expect(command).toBe('powershell.exe');
    return JSON.stringify(answer);
  };

function driveOf(path: string, answer: unknown = table): Promise<DriveInfo | undefined> {
  return createWindowsReader(answering(answer))({ path, deviceId: '77' });
}

describe('the drive of a path on Windows', () => {
  const cases: readonly [string, string, Partial<DriveInfo>][] = [
    [
      'an SSD',
      'C:\\Users\\ada',
      { kind: 'ssd', mountPoint: 'C:\\', id: 'disk:eui.0025388B91B3F4C7', caseSensitive: false },
    ],
    ['letters in the other case', 'c:\\users', { kind: 'ssd', mountPoint: 'C:\\' }],
    [
      'a hard disk, read-only',
      'D:\\models',
      { kind: 'hdd', rotates: true, readOnly: true, id: 'disk:5000C500A1B2C3D4' },
    ],
    ['a volume in a folder', 'C:\\mounts\\models\\a', { kind: 'hdd', mountPoint: 'C:\\mounts\\models\\' }],
    ['a volume in a folder itself', 'C:\\mounts\\models', { kind: 'hdd' }],
    ['a folder with a longer name beside it', 'C:\\mounts\\models2', { kind: 'ssd' }],
    ['a stick', 'E:\\', { kind: 'removable', removable: true, id: 'disk:2', rotates: null }],
    ['an image', 'V:\\x', { kind: 'unknown' }],
    [
      'a letter of a share',
      'Z:\\flux',
      { kind: 'network', source: '\\\\nas\\models', mountPoint: 'Z:\\', id: 'share:\\\\nas\\models' },
    ],
    [
      'a share',
      '\\\\NAS\\models\\flux',
      { kind: 'network', id: 'share:\\\\nas\\models', mountPoint: '\\\\NAS\\models' },
    ],
    ['a share in the long form', '\\\\?\\UNC\\nas\\models\\x', { kind: 'network', id: 'share:\\\\nas\\models' }],
    ['a drive in the long form', '\\\\?\\D:\\models', { kind: 'hdd' }],
  ];
  it.each(cases)('%s', async (_name, path, expected) => {
    expect(await driveOf(path)).toMatchObject({ deviceId: '77', ...expected });
  });

  it('is not known on a letter that nobody has', async () => {
    expect(await driveOf('Q:\\x')).toBeUndefined();
  });

  it('reads numbers, and one row without a list, as older versions of PowerShell print them', async () => {
    const old = {
      volumes: { UniqueId: system, FileSystem: 'NTFS', DriveType: 3 },
      partitions: { DiskNumber: 0, AccessPaths: ['C:\\', system], IsReadOnly: false },
      disks: { DeviceId: 0, MediaType: 3, BusType: 11, UniqueId: 'abc' },
      shares: null,
    };
    expect(await driveOf('C:\\x', old)).toMatchObject({ kind: 'hdd', id: 'disk:abc' });
    const usb = { ...old, disks: { DeviceId: 0, MediaType: 4, BusType: 7 } };
    expect(await driveOf('C:\\x', usb)).toMatchObject({ kind: 'removable', rotates: false });
  });

  it('takes anything for an answer', () => {
    expect(parseWindowsTable('null')).toEqual({ volumes: [], shares: [] });
    expect(parseWindowsTable('{"partitions":[1,{"AccessPaths":7}],"volumes":"x"}')).toEqual({
      volumes: [],
      shares: [],
    });
    expect(() => parseWindowsTable('Get-Volume : not found')).toThrow(SyntaxError);
  });
});
