import { join, sep } from 'node:path';

/** What `join` would take out of a path, or turn round. */
const UNUSUAL = /(?:^|\/)\.|\/\/|\/$|\\/;

/** @internal The last name of a `/`-separated path. */
export function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** @internal As `join`, which is slow for what most paths are: one that is as it should be already. */
export function inFolder(folder: string, path: string): string {
  const isPlain = sep === '/' && folder !== '' && path !== '' && !UNUSUAL.test(folder) && !UNUSUAL.test(path);
  return isPlain && !path.startsWith('/') ? `${folder}/${path}` : join(folder, path);
}

/** @internal The path of a plain name in a folder that is as it should be, as the system tells it. */
export function nameIn(folder: string, name: string): string {
  return folder.endsWith(sep) ? `${folder}${name}` : `${folder}${sep}${name}`;
}

/** @internal Whether a path is a name directly in a folder, by their texts. */
export function isDirectlyIn(folder: string, path: string): boolean {
  return path.startsWith(folder) && path.lastIndexOf(sep) === folder.length && path.length > folder.length + 1;
}
