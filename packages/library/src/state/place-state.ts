import { basename, join } from 'node:path';
import { ensureFolder, type Io } from '@modelkeep/io';
import type { VolumeLayout } from '../volume/layout.ts';

/** @internal What {@link placeState} decides by. */
export interface PlaceStateOptions {
  readonly layout: VolumeLayout;
  readonly libraryId: string;
  readonly mode: 'read' | 'write';
  /** Is used whatever the drive is. */
  readonly stateDir?: string | undefined;
  /** Is used where the library's own drive cannot have databases. */
  readonly fallbackStateDir?: string | undefined;
  readonly io: Io;
}

/** @internal Where what belongs to this machine is. */
export interface PlacedState {
  readonly layout: VolumeLayout;
  /** Whether state.db is outside of the library, so that it may be written whatever the library's mode is. */
  readonly stateIsOwn: boolean;
  /** Whether models.db is: nobody else keeps it current. */
  readonly indexIsOwn: boolean;
}

/**
 * @internal Databases stay in the library where its drive can have them. SQLite cannot be relied on over a network, and
 * nothing is written on a drive that is read-only: there they are in a folder of this machine, one for each library.
 */
export async function placeState(options: PlaceStateOptions): Promise<PlacedState> {
  const { layout, libraryId, mode, io, stateDir, fallbackStateDir } = options;
  const base = stateDir ?? fallbackStateDir;
  if (base === undefined) return { layout, stateIsOwn: false, indexIsOwn: false };
  const { kind, readOnly } = await io.driveOf(layout.root);
  const cannotLiveThere = kind === 'network' || (mode === 'read' && readOnly);
  if (!cannotLiveThere && stateDir === undefined) return { layout, stateIsOwn: false, indexIsOwn: false };
  const folder = join(base, libraryId);
  await ensureFolder(io.fileSystem, folder);
  return {
    layout: {
      ...layout,
      stateFile: join(folder, 'state.db'),
      ...(cannotLiveThere ? { indexFile: join(folder, basename(layout.indexFile)) } : {}),
    },
    stateIsOwn: true,
    indexIsOwn: cannotLiveThere,
  };
}
