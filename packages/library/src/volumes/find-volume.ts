import { join, resolve } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { machineId as thisMachine, mountPoints, type FileSystem } from '@modelkeep/io';
import { volumeLayout } from '../volume/layout.ts';
import { readVolumeFile } from '../volume/open-volume.ts';
import type { ListedVolume } from './volume-list.ts';

/** @internal What {@link findVolume} looks for. */
export interface FindVolumeOptions {
  readonly fileSystem: FileSystem;
  readonly libraryId: string;
  /** Of the first volume. */
  readonly root: string;
  readonly volume: ListedVolume;
  /** @default this machine */
  readonly machineId?: string | undefined;
}

/**
 * @internal Where a volume is now: at its last place on this machine, at its place beside the first volume, or at the same
 * place on a drive that is mounted somewhere else. It is known by its id, whatever the path.
 */
export async function findVolume(options: FindVolumeOptions): Promise<string | null> {
  const { root, volume, machineId = thisMachine() } = options;
  const known = volume.paths[machineId];
  const near = volume.fromFirst === null ? [] : [resolve(root, volume.fromFirst)];
  for (const path of [...(known === undefined ? [] : [known]), ...near]) if (await isThere(options, path)) return path;
  const { belowMount } = volume;
  if (belowMount === null) return null;
  for (const mount of await mountPoints()) {
    const path = join(mount, belowMount);
    if (await isThere(options, path)) return path;
  }
  return null;
}

/** @internal Whether the volume is at a path. What is there and cannot be read is another thing. */
export async function isThere(
  {
    fileSystem,
    libraryId,
    volume,
  }: Pick<FindVolumeOptions, 'fileSystem' | 'libraryId'> & {
    readonly volume: Pick<ListedVolume, 'volumeId'>;
  },
  path: string,
): Promise<boolean> {
  try {
    const file = await readVolumeFile(fileSystem, volumeLayout(path));
    return file?.libraryId === libraryId && file.volumeId === volume.volumeId;
  } catch (error) {
    if (isModelkeepError(error)) return false;
    throw error;
  }
}
