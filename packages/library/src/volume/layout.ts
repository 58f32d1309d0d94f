import { join } from 'node:path';
import { indexSchemaVersion } from '@modelkeep/library-index';

/** Where everything of a volume is: format 1. All paths are absolute. */
export interface VolumeLayout {
  readonly root: string;
  readonly volumeFile: string;
  readonly indexFile: string;
  readonly blobs: string;
  readonly private: string;
  readonly stateFile: string;
  readonly temp: string;
  readonly quarantine: string;
  readonly locks: string;
  readonly transactions: string;
  readonly pins: string;
  readonly trees: string;
  /** What is on its way out, by the time when it was put there. */
  readonly trash: string;
  /** Room that is kept so that models can be deleted from a full drive. */
  readonly spare: string;
}

/** Each version of the index's schema has a file of its own. */
function indexFileName(version: number): string {
  return version === 1 ? 'models.db' : `models.v${version}.db`;
}

/** @param root - absolute path of the volume */
export function volumeLayout(root: string): VolumeLayout {
  const inside = join(root, '.modelkeep');
  return {
    root,
    volumeFile: join(root, 'modelkeep.json'),
    indexFile: join(root, indexFileName(indexSchemaVersion)),
    blobs: join(root, 'blobs', 'sha256'),
    private: inside,
    stateFile: join(inside, 'state.db'),
    temp: join(inside, 'tmp'),
    quarantine: join(inside, 'quarantine'),
    locks: join(inside, 'locks'),
    transactions: join(inside, 'txn'),
    pins: join(inside, 'pins'),
    trees: join(inside, 'trees'),
    trash: join(inside, 'trash'),
    spare: join(inside, 'spare'),
  };
}

/** Folders at the top of a volume that hold no models. */
export const reservedFolders: ReadonlySet<string> = new Set(['blobs', 'repos', 'external', 'trash', 'views']);
