import type { DriveInfo } from '../drive-info.ts';
import { isCaseSensitiveType, isMemoryType, isNetworkType } from '../file-system-types.ts';
import { isAtOrBelow } from '../linux/mount-table.ts';
import type { DriveReader, PlaceOnDrive } from '../drive-reader.ts';
import type { RunCommand } from '../system-files.ts';
import { parseMountList, type MacMount } from './mount-list.ts';
import { parseFlatPlist, physicalStoresOf } from './plist.ts';

/** @internal What {@link createMacReader} works with. */
export interface MacReaderOptions {
  readonly run: RunCommand;
  /** The device of a path, or undefined. */
  readonly deviceOf: (path: string) => Promise<string | undefined>;
}

/** @internal Drives by `mount` and `diskutil`. */
export function createMacReader({ run, deviceOf }: MacReaderOptions): DriveReader {
  return async (place) => {
    const { deviceId, signal } = place;
    const mounts = parseMountList(await run({ command: '/sbin/mount', args: [], signal }));
    const mount = await mountOf(place, { mounts, deviceOf });
    if (mount === undefined) return undefined;
    const common = {
      deviceId,
      mountPoint: mount.mountPoint,
      source: mount.source,
      fileSystemType: mount.type,
      readOnly: mount.options.includes('read-only'),
      mountOptions: mount.options,
    };
    if (isNetworkType(mount.type) || !mount.source.startsWith('/dev/')) return { ...common, ...withoutDisk(mount) };
    const args = ['info', '-plist', mount.source];
    const xml = await run({ command: '/usr/sbin/diskutil', args, signal }).catch((error: unknown) => {
      if (signal?.aborted === true) throw error;
      return '';
    });
    return { ...common, ...hardwareOf(xml, mount) };
  };
}

/** Firmlinks lead from the system's volume to the one of the data: there the path does not tell, the device does. */
async function mountOf(
  { path, deviceId }: PlaceOnDrive,
  { mounts, deviceOf }: Pick<MacReaderOptions, 'deviceOf'> & { readonly mounts: readonly MacMount[] },
): Promise<MacMount | undefined> {
  const above = mounts
    .filter(({ mountPoint }) => isAtOrBelow(path, mountPoint))
    .sort((a, b) => b.mountPoint.length - a.mountPoint.length);
  // To ask a share that does not answer would take long.
  const elsewhere = mounts.filter((mount) => !above.includes(mount) && mount.options.includes('local'));
  for (const mount of [...above, ...elsewhere]) {
    if ((await deviceOf(mount.mountPoint)) === deviceId) return mount;
  }
  return above[0];
}

type Hardware = Pick<DriveInfo, 'id' | 'kind' | 'rotates' | 'removable' | 'disks' | 'caseSensitive'>;

function withoutDisk({ source, type, options }: MacMount): Hardware {
  const kind = isMemoryType(type) ? 'memory' : options.includes('local') ? 'unknown' : 'network';
  const id = `${kind === 'network' ? 'share' : kind}:${source}`;
  return { id, kind, rotates: null, removable: false, disks: [], caseSensitive: isCaseSensitiveType(type, options) };
}

function hardwareOf(xml: string, { source, type, options }: MacMount): Hardware {
  const facts = parseFlatPlist(xml);
  const parent = facts.get('ParentWholeDisk');
  const stores = physicalStoresOf(xml).map((name) => name.replace(/s\d+$/, ''));
  const own = typeof parent === 'string' ? parent : source.replace('/dev/', '');
  const disks = stores.length > 0 ? [...new Set(stores)].sort() : [own];
  const solid = facts.get('SolidState');
  const isImage = facts.get('BusProtocol') === 'Disk Image';
  const rotates = typeof solid === 'boolean' && !isImage ? !solid : null;
  const removable =
    facts.get('RemovableMedia') === true || facts.get('Ejectable') === true || facts.get('Internal') === false;
  const fixedKind = rotates === null ? 'unknown' : rotates ? 'hdd' : 'ssd';
  const name = facts.get('FilesystemName') ?? facts.get('FilesystemUserVisibleName');
  const isApple = type === 'apfs' || type === 'hfs';
  const caseSensitive =
    isApple && typeof name === 'string' ? /case-sensitive/i.test(name) : isCaseSensitiveType(type, options);
  const kind = removable && !isImage ? 'removable' : fixedKind;
  return { id: `disk:${disks.join('+')}`, kind, rotates, removable, disks, caseSensitive };
}
