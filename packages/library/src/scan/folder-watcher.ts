import { watch } from 'node:fs';

/** What {@link FolderWatcher} tells. */
export interface FolderWatcherEvents {
  /** Something below the folder changed, or may have. */
  readonly onChange: () => void;
  /** Nothing more will be told. */
  readonly onEnd: (error: Error) => void;
}

/**
 * Tells of changes below a folder, as far as the system does. It is a hint: the scan that follows finds out what happened.
 *
 * @returns ends it
 */
export type FolderWatcher = (folder: string, events: FolderWatcherEvents) => () => void;

/** The watcher of the system, over `node:fs`. */
export const nodeFolderWatcher: FolderWatcher = (folder, { onChange, onEnd }) => {
  const watcher = watch(folder, { recursive: true, persistent: false });
  watcher.on('change', () => onChange());
  watcher.on('error', (error) => {
    watcher.close();
    onEnd(error);
  });
  return () => watcher.close();
};
