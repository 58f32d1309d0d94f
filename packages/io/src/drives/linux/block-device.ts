import { basename, dirname, join } from 'node:path';
import type { SystemFiles } from '../system-files.ts';

/** @internal A disk, below all partitions and stacks. */
export interface Disk {
  /** Such as `sda`. */
  readonly name: string;
  /** Its own number where it has one, else its name. */
  readonly id: string;
  /** Null where it cannot be told: virtual disks say that they rotate unless their host says otherwise. */
  readonly rotates: boolean | null;
  readonly removable: boolean;
  /** Compressed memory. */
  readonly isMemory: boolean;
}

/** @internal What a block device is made of. */
export interface BlockDevice {
  readonly disks: readonly Disk[];
  /** Files that loop devices below it are kept in. */
  readonly backingFiles: readonly string[];
}

/** Deeper stacks are a loop of links. */
const MAX_DEPTH = 12;

const empty: BlockDevice = { disks: [], backingFiles: [] };

/**
 * @internal The disks below a block device: partitions lead to their disk, device-mapper (LUKS, LVM, multipath) and MD to
 * all of their members.
 *
 * @param path - its folder in `/sys`, or a link to it
 */
export async function readBlockDevice(files: SystemFiles, path: string, depth = 0): Promise<BlockDevice> {
  const folder = await files.realpath(path);
  if (folder === undefined || depth > MAX_DEPTH) return empty;
  const members = await files.list(join(folder, 'slaves'));
  if (members.length > 0) {
    return merged(
      await Promise.all(members.map((name) => readBlockDevice(files, `/sys/class/block/${name}`, depth + 1))),
    );
  }
  if ((await files.readText(join(folder, 'partition'))) !== undefined) {
    return readBlockDevice(files, dirname(folder), depth + 1);
  }
  const backingFile = (await files.readText(join(folder, 'loop', 'backing_file')))?.trimEnd();
  if (backingFile !== undefined) return { disks: [], backingFiles: [backingFile] };
  return { disks: [await readDisk(files, folder)], backingFiles: [] };
}

/** @internal Several devices as one: a file system that spans them. */
export function merged(devices: readonly BlockDevice[]): BlockDevice {
  const disks = new Map(devices.flatMap((device) => device.disks).map((disk) => [disk.id, disk]));
  return {
    disks: [...disks.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    backingFiles: devices.flatMap((device) => device.backingFiles),
  };
}

async function readDisk(files: SystemFiles, folder: string): Promise<Disk> {
  const name = basename(folder);
  const text = async (file: string): Promise<string> => ((await files.readText(join(folder, file))) ?? '').trim();
  const [rotational, removable, wwid, scsiWwid, serial, vendor, model, type] = await Promise.all(
    [
      'queue/rotational',
      'removable',
      'wwid',
      'device/wwid',
      'serial',
      'device/vendor',
      'device/model',
      'device/type',
    ].map(text),
  );
  const isVirtual = isVirtualDisk(folder, `${vendor} ${model}`);
  const id = (wwid || scsiWwid || serial || '').replace(/\s+/g, ' ').slice(0, 128);
  return {
    name,
    id: id === '' ? name : id,
    rotates: rotational === '0' ? false : rotational === '1' && !isVirtual ? true : null,
    removable: removable === '1' || /\/usb\d+\//.test(folder) || (name.startsWith('mmcblk') && type !== 'MMC'),
    isMemory: name.startsWith('zram') || name.startsWith('ram'),
  };
}

/** Xen, VirtIO, Hyper-V and SCSI disks of virtual machines; network block devices know no more of what is behind them. */
function isVirtualDisk(folder: string, maker: string): boolean {
  return (
    /\/virtio\d+\/|\/vbd-\d+|\/(?:nbd|rbd|drbd)\d+/.test(folder) ||
    /QEMU|VMware|VBOX|Virtual|Msft|PersistentDisk|Xen/i.test(maker)
  );
}
