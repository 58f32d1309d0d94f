import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { statusAt } from '../files/status-at.ts';
import type { StoreContext } from '../store-context.ts';
import { removeTree } from '../transaction/remove-tree.ts';
import type { AttachedVolume } from '../volumes/open-other.ts';

/** What is kept, or has to be free: bytes, and files that may be made. */
interface Amount {
  readonly bytes: number;
  readonly files: number;
}

/** For the records, the metadata, the pages of SQLite and the folders of the trash that a few deletions and a gc write. */
const SPARE: Amount = { bytes: 1024 * 1024, files: 32 };
/** While the drive has so much, it is made; where it has less, others need that now. */
const MIN_FREE: Amount = { bytes: 16 * SPARE.bytes, files: 16 * SPARE.files };
/** What opening a library takes: the files that SQLite works with. */
const OPENING: Amount = { bytes: SPARE.bytes / 8, files: SPARE.files / 2 };

type SpareVolume = Pick<StoreContext, 'fileSystem' | 'layout' | 'logger'>;

/** @internal The volumes of a library. */
export interface SpareVolumes {
  attached(): readonly AttachedVolume[];
}

/** @internal Makes what {@link giveUpSpareRoom} removes, where a writable volume lacks it. Never fails. */
export async function keepSpareRoom(volumes: SpareVolumes): Promise<void> {
  for (const volume of writable(volumes)) {
    const { fileSystem, layout, logger } = volume;
    try {
      if ((await statusAt(fileSystem, layout.spare)) !== null || (await isShort(volume, MIN_FREE))) continue;
      await fileSystem.mkdir(layout.spare);
      // Of chance: some drives keep no room for zeros. Folders, for they take an inode each and are not waited for.
      await fileSystem.writeFile(join(layout.spare, 'bytes'), { data: randomBytes(SPARE.bytes) });
      for (let number = 2; number < SPARE.files; number += 1) await fileSystem.mkdir(join(layout.spare, `${number}`));
    } catch (error) {
      logger.debug('no room could be kept for deletions from a full drive', { error: String(error) });
    }
  }
}

/** @internal Where a drive is full, what was kept is given up: without it nothing can be deleted there. Never fails. */
export async function giveUpSpareRoom(volumes: SpareVolumes): Promise<void> {
  for (const volume of writable(volumes)) await giveUp(volume, SPARE);
}

/** @internal A library on a drive without room for its databases could not even be opened. Never fails. */
export async function giveUpToOpen(volume: SpareVolume): Promise<void> {
  await giveUp(volume, OPENING);
}

async function giveUp(volume: SpareVolume, needed: Amount): Promise<void> {
  const { fileSystem, layout, logger } = volume;
  try {
    if (!(await isShort(volume, needed)) || (await statusAt(fileSystem, layout.spare)) === null) return;
    await removeTree(fileSystem, layout.spare);
    logger.info('a drive is full: the room that was kept for deletions is given up', { root: layout.root });
  } catch (error) {
    logger.debug('the room that was kept for deletions could not be given up', { error: String(error) });
  }
}

async function isShort({ fileSystem, layout }: SpareVolume, needed: Amount): Promise<boolean> {
  const { freeBytes, freeFiles } = await fileSystem.statfs(layout.root);
  return freeBytes < needed.bytes || (freeFiles ?? Infinity) < needed.files;
}

function writable(volumes: SpareVolumes): readonly SpareVolume[] {
  return volumes
    .attached()
    .filter(({ mode }) => mode === 'write')
    .map(({ context }) => context);
}
