import { isAbsolute, join, resolve, sep } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import type { RegistryRow } from '@modelkeep/library';

/** @internal How {@link placesOnDisk} looks. */
export interface PlacesOptions {
  readonly fileSystem: FileSystem;
  /** What relative paths are relative to: absolute. */
  readonly base: string | undefined;
  readonly signal: AbortSignal | undefined;
}

type Placed = Pick<RegistryRow, 'local_path' | 'filename'>;

const AT_ONCE = 32;

/** @internal For each row the file that is at its path on this machine, null where none is. */
export async function placesOnDisk(rows: readonly Placed[], options: PlacesOptions): Promise<(string | null)[]> {
  const places: (string | null)[] = [];
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    options.signal?.throwIfAborted();
    places.push(...(await Promise.all(rows.slice(start, start + AT_ONCE).map((row) => placeOf(row, options)))));
  }
  return places;
}

async function placeOf(
  { local_path: localPath, filename }: Placed,
  { fileSystem, base }: PlacesOptions,
): Promise<string | null> {
  // A path of a share would have this machine ask, and sign in at, another one that anybody may have named.
  if (localPath === null || localPath.trim() === '' || /^(?:\\\\|\/\/)/u.test(localPath)) return null;
  if (!isAbsolute(localPath) && base === undefined) return null;
  const path = isAbsolute(localPath) ? resolve(localPath) : resolve(base ?? sep, localPath);
  const kind = await kindOf(fileSystem, path);
  if (kind === 'file') return path;
  // Some tools note the folder, and the name of the file beside.
  if (kind !== 'folder' || filename === null || /[/\\]/u.test(filename) || filename === '..') return null;
  const inFolder = join(path, filename);
  return (await kindOf(fileSystem, inFolder)) === 'file' ? inFolder : null;
}

async function kindOf(fileSystem: FileSystem, path: string): Promise<string | null> {
  try {
    return (await fileSystem.stat(path)).kind;
  } catch (error) {
    // Whatever keeps it from being looked at: it is not there for this user.
    if (isModelkeepError(error)) return null;
    throw error;
  }
}
