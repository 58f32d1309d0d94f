import { readdir, readFile, readlink } from 'node:fs/promises';

/** open(2): the lowest two bits of the flags are the access mode, 0 for reading only. */
const ACCESS_MODE = 0o3;

/**
 * @internal Files that a process has open for writing, as far as this user may know. Linux tells by `/proc`; elsewhere
 * nothing is known, and the set is empty.
 */
export async function filesBeingWritten(): Promise<ReadonlySet<string>> {
  const paths = new Set<string>();
  for (const process of await namesIn('/proc')) {
    if (!/^\d+$/u.test(process)) continue;
    for (const descriptor of await namesIn(`/proc/${process}/fd`)) {
      const path = await readlink(`/proc/${process}/fd/${descriptor}`).catch(() => '');
      if (!path.startsWith('/')) continue;
      const info = await readFile(`/proc/${process}/fdinfo/${descriptor}`, 'utf8').catch(() => '');
      const flags = /^flags:\s*([0-7]+)$/mu.exec(info)?.[1];
      if (flags !== undefined && (Number.parseInt(flags, 8) & ACCESS_MODE) !== 0) paths.add(path);
    }
  }
  return paths;
}

/** A process that has ended, or belongs to somebody else, has no files here. */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
