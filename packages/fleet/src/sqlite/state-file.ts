import { stat } from 'node:fs/promises';
import { ModelkeepError, systemClock } from '@modelkeep/core';
import { backupName, type SqliteDatabase, type SqlParams } from '@modelkeep/sqlite';
import type { StateCall } from '../ports/state-call.ts';
import { openWhole, type OpenStateFileOptions } from './open-whole.ts';
import { forgetChanges, MOST_CHANGES_KEPT } from './forget-changes.ts';
import { createWriteQueue, type WriteUnit } from './write-queue.ts';

/** @internal The database of shared state: its reads, and its writes in groups. */
export interface StateFile {
  readonly path: string;
  all<T>(sql: string, params?: SqlParams, call?: StateCall): Promise<readonly T[]>;
  get<T>(sql: string, params?: SqlParams, call?: StateCall): Promise<T | undefined>;
  write<T>(unit: WriteUnit<T>, call?: StateCall): Promise<T>;
  /** Another number when any connection has written; 0 where that is not known. */
  version(call?: StateCall): Promise<number>;
  /** Is called after each commit of this object. */
  onWritten(listener: () => void): void;
  /** @returns the absolute path of the copy */
  backUp(call?: StateCall): Promise<string>;
  close(): Promise<void>;
}

/** How often it is looked whether the file is still the one that was opened. */
const LOOK_AT_FILE_MS = 500;
/** After how many writes the oldest changes are forgotten. */
const FORGET_EVERY = 1_000;

/** @internal Opens the file. One that another process has put aside, or that somebody has deleted, is opened anew. */
export async function openStateFile(options: OpenStateFileOptions): Promise<StateFile> {
  const { path, clock } = options;
  let opened = await openWhole(options);
  let identity = await identityOf(path);
  let files = 0;
  let reopening: Promise<void> | undefined;
  let lookedMs = systemClock.monotonicMs();
  let closed = false;
  let onWritten = (): void => {};

  const renew = async (): Promise<void> => {
    lookedMs = systemClock.monotonicMs();
    if ((await identityOf(path)) === identity || closed) return;
    const before = opened;
    opened = await openWhole(options);
    identity = await identityOf(path);
    files += 1;
    await before.close();
  };
  const database = async (): Promise<SqliteDatabase> => {
    if (closed) throw closedError(path);
    if (reopening === undefined && systemClock.monotonicMs() - lookedMs > LOOK_AT_FILE_MS) {
      reopening = renew().finally(() => (reopening = undefined));
    }
    await reopening;
    return opened;
  };
  const queue = createWriteQueue(async (statements) => {
    const results = await (await database()).transaction(statements);
    onWritten();
    return results;
  });
  // What is written by many is forgotten by each of them, so that the log stays small whoever writes.
  let writes = 0;
  const forgetSometimes = (): void => {
    writes += 1;
    if (writes % FORGET_EVERY === 0) queue.write(forgetChanges(MOST_CHANGES_KEPT)).catch(() => {});
  };
  return {
    path,
    all: async <T>(sql: string, params?: SqlParams, call?: StateCall) =>
      (await database()).all<T>(sql, params, { signal: call?.signal }),
    get: async <T>(sql: string, params?: SqlParams, call?: StateCall) =>
      (await database()).get<T>(sql, params, { signal: call?.signal }),
    async write(unit, call) {
      call?.signal?.throwIfAborted();
      if (closed) throw closedError(path);
      forgetSometimes();
      return queue.write(unit, call?.signal);
    },
    async version(call) {
      const row = await (
        await database()
      ).get<{ data_version: number }>('pragma data_version', [], { signal: call?.signal });
      // The numbers of two files have nothing to do with each other.
      return (row?.data_version ?? 0) + files * 2 ** 32;
    },
    onWritten: (listener) => (onWritten = listener),
    async backUp(call) {
      const target = backupName(path, clock);
      await (await database()).backUp(target, { signal: call?.signal });
      return target;
    },
    async close() {
      if (closed) return;
      await queue.idle();
      closed = true;
      await reopening;
      await opened.close();
    },
  };
}

/** Of the file that has this name now; empty where there is none. */
async function identityOf(path: string): Promise<string> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return '';
  }
}

function closedError(path: string): ModelkeepError {
  return new ModelkeepError('core.closed', { message: 'the shared state is closed', facts: { resource: path } });
}
