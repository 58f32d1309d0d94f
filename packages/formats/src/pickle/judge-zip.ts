import type { ZipDirectory } from '../zip/read-directory.ts';
import { PLAIN_FLAGS, type ZipEntry } from '../zip/zip-entry.ts';
import type { FindingLog } from './findings.ts';

// oxlint-disable-next-line eslint/no-control-regex -- control characters are what a name must not hold
const HOSTILE_NAME = /(?:^|\/)\.\.(?:\/|$)|^\/|\\|[\u0000-\u001f\u007f]|^[A-Za-z]:|\uFFFD/;

/** @internal Names that occur twice are two members to one program and one to another. */
export function judgeZipEntries({ entries }: ZipDirectory, log: FindingLog): void {
  const seen = new Set<string>();
  for (const { name, headerOffset } of entries) {
    const key = name
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll('\\', '/')
      .replaceAll(/\/+/g, '/')
      .replace(/^(?:\.?\/)+/, '');
    if (seen.has(key)) {
      log
        .within(name)
        .add({ severity: 'dangerous', reason: 'two members of one name', global: null, offset: headerOffset });
    }
    seen.add(key);
  }
}

/** @internal What the directory's entry of a member says by itself. */
export function judgeZipName({ name, flags, headerOffset }: ZipEntry, log: FindingLog): void {
  const add = (reason: string): void => log.add({ severity: 'dangerous', reason, global: null, offset: headerOffset });
  if ((flags & 0x2041) !== 0) add('a member that is encrypted');
  else if ((flags & ~PLAIN_FLAGS) !== 0) add('a member with flags that no checkpoint has');
  if (name === '' || HOSTILE_NAME.test(name)) add('a name that leads elsewhere or is not shown');
}
