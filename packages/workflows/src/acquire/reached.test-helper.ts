import type { Progress } from '@modelkeep/core';
import type { Download } from './download.ts';

/** The next time that it holds, from now on or already. */
export function reached(download: Download, holds: (progress: Progress) => boolean): Promise<Progress> {
  return new Promise((resolve, reject) => {
    const look = (progress: Progress): void => {
      if (!holds(progress)) return;
      unsubscribe();
      resolve(progress);
    };
    const unsubscribe = download.progress.subscribe(look);
    look(download.progress.current);
    download.result.then(() => reject(new Error('it ended before')), reject);
  });
}
