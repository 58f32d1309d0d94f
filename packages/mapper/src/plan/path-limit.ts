import type { LinkReason } from './link-reason.ts';

/** @internal The longest path that programs of a system open: {@link pathTooLong}. */
export interface PathLimit {
  readonly units: 'bytes' | 'characters';
  readonly most: number;
}

/** PATH_MAX without its NUL; on Windows MAX_PATH, which only some programs go beyond. */
const limits: Readonly<Partial<Record<NodeJS.Platform, PathLimit>>> = {
  darwin: { units: 'bytes', most: 1_023 },
  win32: { units: 'characters', most: 259 },
};
const posixLimit: PathLimit = { units: 'bytes', most: 4_095 };

/** @internal Why a link cannot have this path, or null. */
export function pathTooLong(path: string, platform: NodeJS.Platform): LinkReason | null {
  const { units, most } = limits[platform] ?? posixLimit;
  /* No character of a text takes more than three bytes of UTF-8 for each of its units. */
  if (path.length * 3 <= most) return null;
  const length = units === 'bytes' ? Buffer.byteLength(path) : path.length;
  if (length <= most) return null;
  const message = `the link's path would have ${length} ${units} of the ${most} that programs here open: ${path}`;
  return { code: 'path-too-long', message };
}
