/** @internal One line of `/proc/self/mountinfo`. */
export interface Mount {
  /** Of the file system, as `<major>:<minor>`. */
  readonly device: string;
  /** The folder of the file system that is seen at the mount point: not `/` for bind mounts and subvolumes. */
  readonly root: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
  readonly superOptions: readonly string[];
}

/**
 * @internal Reads `/proc/self/mountinfo` (proc_pid_mountinfo(5)): "id parent major:minor root mount-point options
 * [optional fields] - type source super-options". Lines that are not so are left out.
 */
export function parseMountTable(text: string): readonly Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    const [before, after] = splitOnce(line, ' - ');
    if (after === undefined) continue;
    const [, , device = '', root = '', mountPoint = '', options = ''] = before.split(' ');
    const [type = '', source = '', superOptions = ''] = after.split(' ');
    if (!/^\d+:\d+$/.test(device) || type === '' || !mountPoint.startsWith('/')) continue;
    mounts.push({
      device,
      root: unescaped(root),
      mountPoint: unescaped(mountPoint),
      type,
      source: unescaped(source),
      options: options.split(',').map(unescaped),
      superOptions: superOptions.split(',').map(unescaped),
    });
  }
  return mounts;
}

/**
 * @internal The mount that a path is seen through. A mount that another one hides has the wrong device; where none has
 * the device of the path (btrfs and overlay make up numbers of their own) the deepest and latest counts.
 *
 * @param path - absolute and without links
 * @param device - of the path, as `<major>:<minor>`
 */
export function findMount(mounts: readonly Mount[], path: string, device: string): Mount | undefined {
  const above = mounts
    .map((mount, order) => ({ mount, order }))
    .filter(({ mount }) => isAtOrBelow(path, mount.mountPoint))
    .sort((a, b) => b.mount.mountPoint.length - a.mount.mountPoint.length || b.order - a.order);
  return (above.find(({ mount }) => mount.device === device) ?? above[0])?.mount;
}

/** @internal A `st_dev` as Linux encodes it, as `<major>:<minor>` (glibc's gnu_dev_major and gnu_dev_minor). */
export function linuxDeviceNumbers(deviceId: string): string {
  const id = BigInt(deviceId);
  const major = ((id >> 8n) & 0xfffn) | ((id >> 32n) & 0xfffff000n);
  const minor = (id & 0xffn) | ((id >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}

/** @internal */
export function isAtOrBelow(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Space, tab, line feed and backslash are written as `\040` and so on; the bytes of a name are left as they are. */
function unescaped(text: string): string {
  return text.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
