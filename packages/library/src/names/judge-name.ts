import type { NameProblem } from '@modelkeep/core';

/** Windows drops spaces before the extension as well. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\.|$)/iu;
// oxlint-disable-next-line eslint/no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/u;
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const RESERVED = /[:<>"|?*]/u;
const MAX_SEGMENT_BYTES = 255;
/** What metadata.json takes. */
const MAX_PATH_CHARACTERS = 1_024;

function judgeSegment(segment: string): NameProblem | null {
  if (segment === '') return 'empty';
  if (segment === '.' || segment === '..') return 'traversal';
  if (RESERVED.test(segment)) return 'reserved-character';
  if (/[. ]$/u.test(segment)) return 'trailing-dot-or-space';
  if (DEVICE_NAME.test(segment)) return 'device-name';
  if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) return 'too-long';
  return null;
}

/**
 * Tells whether a path that came from somewhere else (a hub, an archive, a metadata file) may be used at all. Judged
 * under the rules of POSIX and of Windows on every system, so that a library can be carried between them.
 *
 * @param path - a relative path with `/` between its segments
 * @returns why it is refused, or null
 */
export function judgeName(path: string): NameProblem | null {
  if (path === '') return 'empty';
  if (!path.isWellFormed()) return 'not-unicode';
  if (CONTROL.test(path)) return 'control-character';
  if (BIDI.test(path)) return 'bidi-control';
  if (path.includes('\\')) return 'backslash';
  if (path.startsWith('/') || /^[A-Za-z]:/u.test(path)) return 'absolute';
  if (path.length > MAX_PATH_CHARACTERS) return 'too-long';
  for (const segment of path.split('/')) {
    const problem = judgeSegment(segment);
    if (problem !== null) return problem;
  }
  return null;
}
