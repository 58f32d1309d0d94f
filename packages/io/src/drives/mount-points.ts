import { posix } from 'node:path';
import { nodeSystemFiles } from '../node/node-system-files.ts';
import { isNetworkType } from './file-system-types.ts';
import { parseMountTable } from './linux/mount-table.ts';
import type { SystemFiles } from './system-files.ts';

/** How {@link mountPoints} looks. */
export interface MountPointsOptions {
  readonly platform?: NodeJS.Platform | undefined;
  readonly files?: Pick<SystemFiles, 'readText' | 'list'> | undefined;
}

/** What holds no files of anybody's. */
const systemTypes =
  /^(?:proc|sysfs|cgroup2?|devpts|devtmpfs|mqueue|hugetlbfs|debugfs|tracefs|securityfs|bpf|pstore|autofs|fusectl|configfs|nsfs|rpc_pipefs|binfmt_misc|efivarfs|squashfs)$/u;

/**
 * Where drives of this machine are mounted: what a person may have plugged in somewhere else than before. Shares are left
 * out, because one whose server is gone hangs whoever looks at it.
 */
export async function mountPoints({
  platform = process.platform,
  files = nodeSystemFiles,
}: MountPointsOptions = {}): Promise<readonly string[]> {
  if (platform === 'linux') {
    const mounts = parseMountTable((await files.readText('/proc/self/mountinfo')) ?? '');
    const own = mounts.filter(({ type }) => !systemTypes.test(type) && !isNetworkType(type));
    return [...new Set(own.map(({ mountPoint }) => mountPoint))];
  }
  if (platform === 'darwin')
    return ['/', ...(await files.list('/Volumes')).map((name) => posix.join('/Volumes', name))];
  if (platform === 'win32') return 'CDEFGHIJKLMNOPQRSTUVWXYZ'.split('').map((letter) => `${letter}:\\`);
  return [];
}
