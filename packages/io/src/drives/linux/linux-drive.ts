import type { DriveInfo, DriveKind } from '../drive-info.ts';
import { isCaseSensitiveType, isMemoryType, isNetworkType } from '../file-system-types.ts';
import type { DriveReader } from '../drive-reader.ts';
import type { SystemFiles } from '../system-files.ts';
import { merged, readBlockDevice, type BlockDevice } from './block-device.ts';
import { findMount, linuxDeviceNumbers, parseMountTable, type Mount } from './mount-table.ts';

/** Images within images. */
const MAX_NESTING = 4;

/**
 * @internal Drives by the mount table and `/sys`. The table is read at each call, which is cheap and shows every change at
 * once; what is below a mount is looked up once for each table.
 */
export function createLinuxReader(files: SystemFiles): DriveReader {
  let text: string | undefined;
  let mounts: readonly Mount[] = [];
  const hardware = new Map<Mount, Promise<Hardware>>();
  return async ({ path, deviceId }) => {
    const now = await files.readText('/proc/self/mountinfo');
    if (now !== text) {
      text = now;
      mounts = parseMountTable(now ?? '');
      hardware.clear();
    }
    const mount = findMount(mounts, path, linuxDeviceNumbers(deviceId));
    if (mount === undefined) return undefined;
    const looking = hardware.get(mount) ?? hardwareOf(mount, { files, mounts, nesting: 0 });
    hardware.set(mount, looking);
    return driveOfMount(mount, { deviceId, hardware: await looking });
  };
}

function driveOfMount(mount: Mount, found: { readonly deviceId: string; readonly hardware: Hardware }): DriveInfo {
  const mountOptions = [...new Set([...mount.options, ...mount.superOptions])].filter((option) => option !== '');
  return {
    ...found.hardware,
    deviceId: found.deviceId,
    mountPoint: mount.mountPoint,
    source: mount.source,
    fileSystemType: mount.type,
    readOnly: mountOptions.includes('ro'),
    caseSensitive: isCaseSensitiveType(mount.type, mountOptions),
    mountOptions,
  };
}

type Hardware = Pick<DriveInfo, 'id' | 'kind' | 'rotates' | 'removable' | 'disks'>;

interface Surroundings {
  readonly files: SystemFiles;
  readonly mounts: readonly Mount[];
  readonly nesting: number;
}

async function hardwareOf(mount: Mount, around: Surroundings): Promise<Hardware> {
  const without = (id: string, kind: DriveKind): Hardware => ({ id, kind, rotates: null, removable: false, disks: [] });
  if (isNetworkType(mount.type)) return without(`share:${mount.source}`, 'network');
  if (isMemoryType(mount.type)) return without(`memory:${mount.device}`, 'memory');
  const below = mount.type === 'overlay' ? upperMount(mount, around.mounts) : undefined;
  if (below !== undefined) return hardwareOf(below, around);
  const device = await blockDeviceOf(mount, around.files);
  const [image] = device.backingFiles;
  if (device.disks.length === 0 && image !== undefined && around.nesting < MAX_NESTING) {
    const holder = findMount(around.mounts, image.replace(/ \(deleted\)$/, ''), '');
    if (holder !== undefined) return hardwareOf(holder, { ...around, nesting: around.nesting + 1 });
  }
  if (device.disks.length > 0) return ofDisks(device);
  return without(mount.type === 'zfs' ? `zfs:${mount.source.split('/')[0]}` : `mount:${mount.device}`, 'unknown');
}

function ofDisks({ disks }: BlockDevice): Hardware {
  const removable = disks.some((disk) => disk.removable);
  const rotates = disks.some((disk) => disk.rotates === true)
    ? true
    : disks.every((disk) => disk.rotates === false)
      ? false
      : null;
  const fixedKind = rotates === null ? 'unknown' : rotates ? 'hdd' : 'ssd';
  const kind = disks.every((disk) => disk.isMemory) ? 'memory' : removable ? 'removable' : fixedKind;
  return {
    id: `disk:${disks.map(({ id }) => id).join('+')}`,
    kind,
    rotates,
    removable,
    disks: disks.map(({ name }) => name),
  };
}

/** Of a container only its host sees where the upper folder is: inside, its path leads to the overlay itself. */
function upperMount(mount: Mount, mounts: readonly Mount[]): Mount | undefined {
  const upper = mount.superOptions.find((option) => option.startsWith('upperdir='))?.slice('upperdir='.length);
  if (upper === undefined) return undefined;
  const below = findMount(mounts, upper, '');
  return below?.type === 'overlay' ? undefined : below;
}

async function blockDeviceOf(mount: Mount, files: SystemFiles): Promise<BlockDevice> {
  // Major 0: a number that the file system made up.
  if (!mount.device.startsWith('0:')) return readBlockDevice(files, `/sys/dev/block/${mount.device}`);
  const names = await Promise.all(
    mount.source.split(':').map(async (source) => {
      if (!source.startsWith('/dev/')) return undefined;
      return (await files.realpath(source))?.split('/').at(-1) ?? source.split('/').at(-1);
    }),
  );
  const own = names.filter((name) => name !== undefined);
  const all = mount.type === 'btrfs' ? await btrfsMembers(files, own) : own;
  return merged(await Promise.all(all.map((name) => readBlockDevice(files, `/sys/class/block/${name}`))));
}

/** The mount table names one device of a btrfs; `/sys/fs/btrfs/<uuid>/devices` has all of them. */
async function btrfsMembers(files: SystemFiles, own: readonly string[]): Promise<readonly string[]> {
  for (const uuid of await files.list('/sys/fs/btrfs')) {
    const members = await files.list(`/sys/fs/btrfs/${uuid}/devices`);
    if (own.some((name) => members.includes(name))) return members;
  }
  return own;
}
