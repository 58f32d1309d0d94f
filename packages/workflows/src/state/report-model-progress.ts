import { serialiseError, type Logger, type Progress } from '@modelkeep/core';
import type { ProgressChange, ProgressStatus, ProgressTable } from '@modelkeep/fleet';

/** How often others are told, at most. */
const TELL_MS = 250;
/** How often they are told that somebody is at it, though nothing moves. */
export const HEARTBEAT_MS = 2_000;

/** @internal */
export interface ModelProgressReport {
  tell(progress: Progress): void;
  /** Ends it: waits for what is being written, then writes the end. */
  end(change: ProgressChange): Promise<void>;
}

/** @internal Tells every process how far the download of a key is: the latest, a few times a second. */
export function reportModelProgress(table: ProgressTable, key: string, logger: Logger): ModelProgressReport {
  let latest: ProgressChange = {};
  let writing: Promise<unknown> = Promise.resolve();
  let toldMs = 0;
  let isWriting = false;
  const write = (): void => {
    if (isWriting) return;
    isWriting = true;
    toldMs = performance.now();
    writing = table
      .update(key, latest)
      .catch((error: unknown) => {
        logger.warn('progress could not be told', { key, error: serialiseError(error).message });
      })
      .finally(() => (isWriting = false));
  };
  const heart = setInterval(write, HEARTBEAT_MS);
  heart.unref();
  return {
    tell({ phase, bytesDone, bytesTotal }) {
      const { status } = latest;
      latest = { status: statusOf(phase), bytesDone, bytesTotal };
      if (latest.status !== status || performance.now() - toldMs > TELL_MS) write();
    },
    async end(change) {
      clearInterval(heart);
      await writing;
      await table.update(key, { ...latest, ...change });
    },
  };
}

function statusOf(phase: Progress['phase']): ProgressStatus {
  if (phase === 'downloading' || phase === 'copying') return 'downloading';
  if (phase === 'paused' || phase === 'waiting-for-user') return 'paused';
  return phase === 'waiting' || phase === 'planning' ? 'pending' : 'verifying';
}
