import { renameSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { isModelkeepError, ModelkeepError, systemClock, type Clock } from '@modelkeep/core';
import { checkDatabasePath } from './check-path.ts';

/**
 * The files that belong to a database. The shared memory first: a process that opens the path meanwhile has its own, and not
 * that of those who are still in the damaged file. Then the database: a journal beside an empty one is thrown away by SQLite.
 */
const SUFFIXES = ['-shm', '', '-journal', '-wal'] as const;

/** @internal */
export interface SetAsideOptions {
  /** For the time in the name. */
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Moves a damaged database out of the way, with its journal files, to `<path>.corrupt-<time>`. Nothing is deleted. Close
 * it first; when several processes may do this at once, hold a lock and look again under it.
 *
 * @returns the new path, or null when there was no file
 * @throws `io.permission`, `io.read-only`, `io.failed`
 */
export async function setAside(path: string, options: SetAsideOptions = {}): Promise<string | null> {
  const { clock = systemClock, signal } = options;
  checkDatabasePath(path);
  signal?.throwIfAborted();
  const target = await freeName(`${path}.corrupt-${timestamp(clock)}`);
  let moved = false;
  // In one go: a turn of the event loop between two of them is time for another call to open half of them.
  for (const suffix of SUFFIXES) {
    const wasThere = moveIfThere(`${path}${suffix}`, `${target}${suffix}`);
    moved ||= wasThere;
  }
  return moved ? target : null;
}

/** @internal Sorts by time and is a file name everywhere: `20260102T030405678Z`. */
export function timestamp(clock: Clock): string {
  return new Date(clock.now()).toISOString().replaceAll(/[-:.]/g, '');
}

async function freeName(wanted: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const name = attempt === 1 ? wanted : `${wanted}-${attempt}`;
    try {
      await lstat(name);
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return name;
      throw toModelkeepError(error, name);
    }
  }
}

function moveIfThere(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return false;
    throw toModelkeepError(error, from);
  }
}

function systemCodeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'UNKNOWN';
}

function toModelkeepError(error: unknown, path: string): ModelkeepError {
  if (isModelkeepError(error)) return error;
  const systemCode = systemCodeOf(error);
  const message = `the damaged database ${path} cannot be set aside: ${String(error)}`;
  if (systemCode === 'EROFS') return new ModelkeepError('io.read-only', { message, facts: { path }, cause: error });
  if (systemCode === 'EACCES' || systemCode === 'EPERM') {
    return new ModelkeepError('io.permission', { message, facts: { path }, cause: error });
  }
  return new ModelkeepError('io.failed', {
    message,
    facts: { path, systemCode, operation: 'rename' },
    hint: 'close every program that has the file open',
    cause: error,
  });
}
