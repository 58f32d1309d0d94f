import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { collectGarbage } from '../gc/collect-garbage.ts';
import { statusAt } from '../files/status-at.ts';
import type { StoreContext } from '../store-context.ts';

/** The room that a library takes. Plain data. */
export interface LibraryUsage {
  /** Sizes of all files of all models: what they would take if nothing were shared. */
  readonly bytesApparent: number;
  /** What the drive has set aside for all that is in the library's folder, each file once. */
  readonly bytesOnDisk: number;
  /**
   * What hard links save: names of bytes that have another name in the library already. What reflinks save nobody can
   * tell; on a drive with reflinks `bytesOnDisk` counts shared bytes in each of their files.
   */
  readonly bytesShared: number;
  /** In the trash, in quarantine, and of downloads that have not ended; part of `bytesOnDisk`. */
  readonly bytesInTrash: number;
  readonly bytesInQuarantine: number;
  readonly bytesUnfinished: number;
  /**
   * What a collection of garbage would give back, after the grace time of its trash; null where it would be refused, and
   * `reclaimableUnknown` says why.
   */
  readonly bytesReclaimable: number | null;
  readonly reclaimableUnknown: string | null;
}

type Area = 'models' | 'blobs' | 'trash' | 'quarantine' | 'unfinished' | 'other';

/** @internal Looks at every file of the library. Changes nothing. */
export async function readUsage(context: StoreContext, signal?: AbortSignal): Promise<LibraryUsage> {
  const { layout, fileSystem } = context;
  const areas = new Map<string, Area>([
    [layout.blobs, 'blobs'],
    [layout.private, 'other'],
    [layout.trash, 'trash'],
    [layout.quarantine, 'quarantine'],
    [layout.temp, 'unfinished'],
    [join(layout.root, 'external'), 'other'],
  ]);
  const seen = new Set<string>();
  const onDisk = { models: 0, blobs: 0, trash: 0, quarantine: 0, unfinished: 0, other: 0 };
  let bytesApparent = 0;
  let bytesShared = 0;
  const walk = async (folder: string, above: Area): Promise<void> => {
    signal?.throwIfAborted();
    const area = areas.get(folder) ?? above;
    for (const { name, kind } of await listed(context, folder)) {
      const path = join(folder, name);
      if (kind === 'folder') await walk(path, folder === layout.root ? 'models' : area);
      if (kind !== 'file') continue;
      const status = await statusAt(fileSystem, path);
      if (status === null) continue;
      if (area === 'models') bytesApparent += status.sizeBytes;
      const key = `${status.device}:${status.inode}`;
      if (seen.has(key)) bytesShared += status.sizeBytes;
      else onDisk[area] += status.diskBytes;
      seen.add(key);
    }
  };
  await walk(layout.root, 'other');
  return {
    bytesApparent,
    bytesOnDisk: Object.values(onDisk).reduce((sum, bytes) => sum + bytes, 0),
    bytesShared,
    bytesInTrash: onDisk.trash,
    bytesInQuarantine: onDisk.quarantine,
    bytesUnfinished: onDisk.unfinished,
    ...(await reclaimable(context, signal)),
  };
}

async function reclaimable(
  context: StoreContext,
  signal?: AbortSignal,
): Promise<Pick<LibraryUsage, 'bytesReclaimable' | 'reclaimableUnknown'>> {
  try {
    const told = await collectGarbage(context, { dryRun: true, graceMs: 0, signal, before: () => {} }).result;
    return { bytesReclaimable: told.bytesReclaimable + told.bytesFreed, reclaimableUnknown: null };
  } catch (error) {
    if (!isModelkeepError(error) || !error.code.startsWith('library.')) throw error;
    return { bytesReclaimable: null, reclaimableUnknown: error.message };
  }
}

async function listed({ fileSystem }: StoreContext, folder: string): ReturnType<StoreContext['fileSystem']['readdir']> {
  try {
    return await fileSystem.readdir(folder);
  } catch (error) {
    // Gone meanwhile, or the system's own folder on a drive.
    if (isModelkeepError(error, 'io.not-found') || isModelkeepError(error, 'io.permission')) return [];
    throw error;
  }
}
