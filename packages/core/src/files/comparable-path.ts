/** A path of any system as what can be compared: its segments, without what names a drive or a root. */
export interface ComparablePath {
  readonly segments: readonly string[];
  /** Whether it began at a root, a drive or a share. */
  readonly isAbsolute: boolean;
}

const MAX_CHARS = 4_096;

/**
 * Reads a path of Windows or POSIX. Case and Unicode form play no part: the same file is written in several ways
 * on several systems.
 *
 * @returns null for what is no path of a file
 */
export function comparablePath(path: string): ComparablePath | null {
  if (path.length > MAX_CHARS || path.includes('\0')) return null;
  const text = path.trim().normalize('NFC').toLowerCase();
  const isWindows = /^[a-z]:[\\/]/u.test(text) || text.startsWith('\\\\');
  // A backslash is a separator of Windows, and a letter of names elsewhere: nobody has those.
  const parts = text.replace(/^[a-z]:/u, '').split(/[\\/]+/u);
  const segments: string[] = [];
  for (const part of parts) {
    if (part === '..') segments.pop();
    else if (part !== '' && part !== '.') segments.push(part);
  }
  return segments.length === 0 ? null : { segments, isAbsolute: isWindows || text.startsWith('/') };
}

/** How many segments two paths have in common, from their ends. */
export function commonSegments(one: readonly string[], other: readonly string[]): number {
  let count = 0;
  while (count < one.length && count < other.length && one.at(-1 - count) === other.at(-1 - count)) count += 1;
  return count;
}
