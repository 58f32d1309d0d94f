import { randomBytes } from 'node:crypto';
import { isModelkeepError } from '@modelkeep/core';
import { statusAt } from '../files/status-at.ts';
import type { StoreContext } from '../store-context.ts';
import type { AttachedVolume } from '../volumes/open-other.ts';

/** For the records, the metadata and the pages of SQLite that a few deletions write. */
const SPARE_BYTES = 1024 * 1024;
/** While the drive has so much, it is made; where it has less, others need that now. */
const MIN_FREE_BYTES = 64 * SPARE_BYTES;
/** What opening a library takes: the files that SQLite works with. */
const OPENING_BYTES = 128 * 1024;

type SpareVolume = Pick<StoreContext, 'fileSystem' | 'io' | 'layout' | 'logger'>;

/** @internal The volumes of a library. */
export interface SpareVolumes {
  attached(): readonly AttachedVolume[];
}

/** @internal Makes the file that {@link giveUpSpareRoom} removes, where a writable volume lacks it. Never fails. */
export async function keepSpareRoom(volumes: SpareVolumes): Promise<void> {
  for (const { fileSystem, io, layout, logger } of writable(volumes)) {
    try {
      if ((await statusAt(fileSystem, layout.spare)) !== null) continue;
      if ((await io.freeBytes(layout.root)) < MIN_FREE_BYTES) continue;
      // Of chance: some drives keep no room for zeros.
      await fileSystem.writeFile(layout.spare, { data: randomBytes(SPARE_BYTES) });
    } catch (error) {
      logger.debug('no room could be kept for deletions from a full drive', { error: String(error) });
    }
  }
}

/** @internal Where a drive is full, what was kept is given up: without it nothing can be deleted there. Never fails. */
export async function giveUpSpareRoom(volumes: SpareVolumes): Promise<void> {
  for (const volume of writable(volumes)) await giveUp(volume, SPARE_BYTES);
}

/** @internal A library on a drive without room for its databases could not even be opened. Never fails. */
export async function giveUpToOpen(volume: SpareVolume): Promise<void> {
  await giveUp(volume, OPENING_BYTES);
}

async function giveUp({ fileSystem, io, layout, logger }: SpareVolume, neededBytes: number): Promise<void> {
  try {
    if ((await io.freeBytes(layout.root)) >= neededBytes) return;
    await fileSystem.unlink(layout.spare);
    logger.info('a drive is full: the room that was kept for deletions is given up', { root: layout.root });
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return;
    logger.debug('the room that was kept for deletions could not be given up', { error: String(error) });
  }
}

function writable(volumes: SpareVolumes): readonly SpareVolume[] {
  return volumes
    .attached()
    .filter(({ mode }) => mode === 'write')
    .map(({ context }) => context);
}
