import { describe, expect, it } from 'vitest';
import type { DriveInfo } from '../drive-info.ts';
import { createLinuxReader } from './linux-drive.ts';
import { container, desktop, server, virtualMachine, wsl } from './machines.test-records.ts';
import { linuxDeviceNumbers } from './mount-table.ts';
import { deviceIdOf, recordedFiles, type RecordedFiles } from './recorded-files.test-helper.ts';

function driveOf(machine: RecordedFiles, path: string, device: string): Promise<DriveInfo | undefined> {
  return createLinuxReader(recordedFiles(machine))({ path, deviceId: deviceIdOf(device) });
}

/** machine, path, device of the path, what is expected of the drive. */
const cases: readonly [string, RecordedFiles, string, string, Partial<DriveInfo>][] = [
  [
    'ext4 on an NVMe',
    desktop,
    '/home2/ada',
    '259:2',
    {
      kind: 'ssd',
      mountPoint: '/',
      id: 'disk:eui.0025388b91b3f4c7',
      disks: ['nvme0n1'],
      rotates: false,
      source: '/dev/nvme0n1p2',
      caseSensitive: true,
    },
  ],
  ['tmpfs', desktop, '/tmp/x', '0:26', { kind: 'memory', fileSystemType: 'tmpfs', disks: [] }],
  [
    'the EFI partition',
    desktop,
    '/boot/efi',
    '259:1',
    { kind: 'ssd', caseSensitive: false, id: 'disk:eui.0025388b91b3f4c7' },
  ],
  [
    'a hard disk',
    desktop,
    '/mnt/big/models',
    '8:1',
    { kind: 'hdd', rotates: true, removable: false, disks: ['sda'], readOnly: false },
  ],
  [
    'a bind mount of it, read-only',
    desktop,
    '/data/models/a',
    '8:1',
    { kind: 'hdd', readOnly: true, mountPoint: '/data/models', id: 'disk:naa.5000c500a1b2c3d4' },
  ],
  [
    'a stick, which says that it rotates',
    desktop,
    '/media/ada/MY STICK/a',
    '8:33',
    {
      kind: 'removable',
      removable: true,
      mountPoint: '/media/ada/MY STICK',
      caseSensitive: false,
      fileSystemType: 'exfat',
      id: 'disk:sdc',
    },
  ],
  ['a card, read-only', desktop, '/media/ada/card', '179:1', { kind: 'removable', readOnly: true, rotates: false }],
  [
    'LUKS on LVM on an NVMe',
    desktop,
    '/home/ada',
    '253:1',
    { kind: 'ssd', disks: ['nvme0n1'], id: 'disk:eui.0025388b91b3f4c7', fileSystemType: 'xfs' },
  ],
  [
    'a RAID of two hard disks',
    desktop,
    '/srv/array/x',
    '9:0',
    { kind: 'hdd', disks: ['sda', 'sdb'], id: 'disk:naa.5000c500a1b2c3d4+t10.ATA WDC WD40EFRX' },
  ],
  ['NFS', desktop, '/mnt/nas/a', '0:52', { kind: 'network', id: 'share:nas:/export/models', caseSensitive: null }],
  ['CIFS below a name with a tab', desktop, '/mnt/share\ttab/a', '0:53', { kind: 'network', id: 'share://nas/models' }],
  ['sshfs', desktop, '/mnt/ssh', '0:54', { kind: 'network' }],
  ['gvfs', desktop, '/run/user/1000/gvfs/x', '0:60', { kind: 'network' }],
  ['another FUSE', desktop, '/mnt/merged/a', '0:55', { kind: 'unknown', id: 'mount:0:55' }],
  ['NTFS through ntfs-3g', desktop, '/mnt/windows/a', '8:17', { kind: 'hdd', readOnly: true, caseSensitive: null }],
  [
    'an image on a hard disk',
    desktop,
    '/mnt/image/a',
    '7:3',
    { kind: 'hdd', disks: ['sda'], fileSystemType: 'vfat', id: 'disk:naa.5000c500a1b2c3d4' },
  ],
  [
    'a folder whose mount is hidden by a later one',
    desktop,
    '/hidden/below/a',
    '259:2',
    { mountPoint: '/hidden', kind: 'ssd' },
  ],
  [
    'a subvolume of btrfs on an SSD and a hard disk',
    server,
    '/srv/models/a',
    '0:99',
    { kind: 'hdd', disks: ['sdb', 'sda'], fileSystemType: 'btrfs' },
  ],
  ['ZFS', server, '/tank/a', '0:36', { kind: 'unknown', id: 'zfs:tank' }],
  [
    'the layer of a container, seen by its host',
    server,
    '/var/lib/docker/overlay2/abc/merged/x',
    '0:70',
    { kind: 'ssd', fileSystemType: 'overlay' },
  ],
  [
    'the layer of a container, seen inside',
    container,
    '/root',
    '0:70',
    { kind: 'unknown', fileSystemType: 'overlay', mountPoint: '/' },
  ],
  [
    'a volume in a container',
    container,
    '/models/a',
    '259:2',
    { kind: 'ssd', mountPoint: '/models', id: 'disk:nvme0n1' },
  ],
  ['the disk of WSL', wsl, '/home/ada', '8:32', { kind: 'unknown', rotates: null, disks: ['sdc'] }],
  ['a drive of Windows in WSL', wsl, '/mnt/c/models', '0:55', { kind: 'network', source: 'C:\\' }],
  ['compressed memory', wsl, '/mnt/zram', '252:0', { kind: 'memory' }],
  [
    'a VirtIO disk, which says that it rotates',
    virtualMachine,
    '/root',
    '254:0',
    { kind: 'unknown', rotates: null, disks: ['vda'] },
  ],
  ['the later of two mounts of one point', virtualMachine, '/dev/shm/x', '0:27', { kind: 'memory', id: 'memory:0:27' }],
  [
    'an image that was removed',
    virtualMachine,
    '/tmp/mt/x',
    '7:0',
    { kind: 'unknown', id: 'disk:vda', mountPoint: '/tmp/mt' },
  ],
];

describe('the drive of a path on Linux', () => {
  it.each(cases)('%s', async (_name, machine, path, device, expected) => {
    const drive = await driveOf(machine, path, device);
    expect(drive).toMatchObject(expected);
    expect(structuredClone(drive)).toEqual(drive);
  });

  it('is not known without a mount table', async () => {
    expect(await driveOf({ mountTable: '', links: {}, texts: {} }, '/x', '8:1')).toBeUndefined();
  });

  it('is looked up once, and again when the mount table changes', async () => {
    let mountTable = desktop.mountTable;
    let reads = 0;
    const files = recordedFiles(desktop);
    const read = createLinuxReader({
      ...files,
      readText: (path) => (path === '/proc/self/mountinfo' ? Promise.resolve(mountTable) : files.readText(path)),
      realpath: (path) => {
        reads += 1;
        return files.realpath(path);
      },
    });
    const place = { path: '/mnt/big/x', deviceId: deviceIdOf('8:1') };
    expect((await read(place))?.kind).toBe('hdd');
    expect((await read({ ...place, path: '/mnt/big/y/z' }))?.kind).toBe('hdd');
    expect(reads).toBe(2);
    mountTable = mountTable
      .replace('8:1 / /mnt/big', '0:99 / /mnt/big')
      .replace('ext4 /dev/sda1 rw\n104', 'nfs4 nas:/big rw\n104');
    expect((await read({ path: '/mnt/big/x', deviceId: deviceIdOf('0:99') }))?.kind).toBe('network');
  });
});

it.each(['8:1', '0:26', '259:65536', '4095:255', '254:0', '5000:1048575'])('reads the device number %s', (device) => {
  expect(linuxDeviceNumbers(deviceIdOf(device))).toBe(device);
});
