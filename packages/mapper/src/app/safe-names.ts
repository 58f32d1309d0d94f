import { isAbsolute, relative, sep } from 'node:path';

const MAX_SEGMENT_BYTES = 255;
const MAX_SEGMENTS = 16;
/* Control characters, what Windows or POSIX reserve, and characters that turn the direction of the text. */
const FORBIDDEN = /[\p{Cc}\\/:*?"<>|\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\..*)?$/i;

/** What most names are: nothing in it needs a closer look, but for the names of devices. */
const PLAIN = /^[\w-]+(?:[. ]+[\w-]+)*$/;
const ASCII = /^[\x20-\x7e]*$/;

/** @internal Whether one name is a plain name under the rules of POSIX and of Windows, so that no path escapes by it. */
export function isSafeSegment(name: string): boolean {
  if (name === '' || name === '.' || name === '..') return false;
  if (PLAIN.test(name)) return name.length <= MAX_SEGMENT_BYTES && !DEVICE.test(name);
  if (Buffer.byteLength(name) > MAX_SEGMENT_BYTES || !name.isWellFormed()) return false;
  return !FORBIDDEN.test(name) && !DEVICE.test(name) && !/[. ]$/.test(name);
}

/** @internal Whether a `/`-separated path is made of safe names only: relative, and never upwards. */
export function isSafeRelativePath(path: string): boolean {
  if (!path.includes('/')) return isSafeSegment(path);
  const segments = path.split('/');
  return segments.length <= MAX_SEGMENTS && segments.every(isSafeSegment);
}

/** @internal Whether an absolute path is a folder itself or lies below it. Links are not looked at. */
export function isInside(folder: string, path: string): boolean {
  const between = relative(folder, path);
  return between === '' || (between !== '..' && !between.startsWith(`..${sep}`) && !isAbsolute(between));
}

/** @internal The form in which two names are compared: the one of drives that do not tell upper from lower case. */
export function foldName(name: string): string {
  return (ASCII.test(name) ? name : name.normalize('NFKC')).toLowerCase();
}
