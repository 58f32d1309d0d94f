import { dirname, join, relative, resolve, sep } from 'node:path';
import { isModelkeepError, newId } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import { createFolderSync } from '../blobs/folder-sync.ts';
import type { StoreContext } from '../store-context.ts';
import type { VolumeLayout } from '../volume/layout.ts';
import { openVolume, type OpenedVolume } from '../volume/open-volume.ts';
import { openVolumeLocks, type LockKind } from '../volume/volume-locks.ts';
import { readOnlyVolume } from './volume-errors.ts';
import { volumeIndex } from './volume-index.ts';
import type { ListedVolume } from './volume-list.ts';

/** @internal A volume that is here. */
export interface AttachedVolume {
  readonly context: StoreContext;
  readonly mode: 'read' | 'write';
}

/** What a drive that cannot be made ready for writing answers: one that is full as well. */
const cannotWrite = ['io.read-only', 'io.permission', 'io.disk-full'] as const;

interface OpenOtherOptions {
  readonly path: string;
  readonly mode: 'read' | 'write';
  readonly lockKind: LockKind | undefined;
}

/** @internal Opens a further volume; one that cannot be written is read. */
export async function openOther(first: StoreContext, options: OpenOtherOptions): Promise<AttachedVolume> {
  const { path, lockKind: kind } = options;
  const { fileSystem, io, sqlite, logger, clock } = first;
  const lock = (): Promise<never> => Promise.reject(new Error('a volume that is there is not made'));
  const open = (mode: 'read' | 'write'): Promise<OpenedVolume> =>
    openVolume({ root: path, mode, create: false, fileSystem, clock, lock });
  let opened = await open('read');
  let isWritable = options.mode === 'write' && opened.file.minWriter <= opened.file.format;
  if (isWritable) {
    try {
      opened = await open('write');
      isWritable = opened.mode === 'write';
      if (isWritable) await tryWriting(fileSystem, opened.layout);
    } catch (error) {
      if (!cannotWrite.some((code) => isModelkeepError(error, code))) throw error;
      isWritable = false;
    }
  }
  const { layout, file } = opened;
  const context: StoreContext = {
    ...first,
    layout,
    volume: file,
    volumeMark: file.volumeId,
    syncFolder: createFolderSync((folder) => fileSystem.fsyncFolder(folder)),
    // Whoever changes something holds a lock: here nobody gets one.
    locks: isWritable
      ? await openVolumeLocks({ root: path, folder: layout.locks, kind, io, sqlite, logger })
      : { kind: 'sqlite', acquire: () => Promise.reject(readOnlyVolume(path)) },
    index: volumeIndex(first.index, file.volumeId),
  };
  return { context, mode: isWritable ? 'write' : 'read' };
}

async function tryWriting(fileSystem: FileSystem, { temp }: VolumeLayout): Promise<void> {
  const path = join(temp, `.probe-${newId()}`);
  try {
    await fileSystem.writeFile(path, { data: '' });
  } catch (error) {
    // A full drive can be written: models can be taken from it.
    if (!isModelkeepError(error, 'io.disk-full')) throw error;
    return;
  }
  await fileSystem.unlink(path);
}

/** @internal What helps to find a volume again. */
export async function hintsOf(
  { io, layout }: StoreContext,
  root: string,
): Promise<Pick<ListedVolume, 'belowMount' | 'fromFirst'>> {
  const { mountPoint } = await io.driveOf(root);
  const inWords = (path: string): string | null => {
    const text = path.split(sep).join('/');
    return resolve(path) === path ? null : text;
  };
  // The drive of the system is always mounted at the same place.
  const belowMount = mountPoint === dirname(mountPoint) ? null : inWords(relative(mountPoint, root));
  return { belowMount, fromFirst: inWords(relative(layout.root, root)) };
}
