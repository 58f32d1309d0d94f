import { stat } from 'node:fs/promises';
import { isModelkeepError, ModelkeepError, systemClock, type Logger } from '@modelkeep/core';
import type { ChangePage, LibraryIndex, WatchChangesOptions } from '@modelkeep/library-index';
import { setAside, type Sqlite } from '@modelkeep/sqlite';

/** @internal An index whose file can be replaced while it is in use. */
export interface RenewableIndex {
  /** Always the present one. A call that meets damage makes the index anew, and is tried once more. */
  readonly index: LibraryIndex;
  /** Looks through the file, and where it is damaged sets it aside and begins an empty one. @returns whether it did */
  renewIfDamaged(): Promise<boolean>;
}

/** @internal What {@link renewableIndex} works with. */
export interface RenewableIndexOptions {
  readonly first: LibraryIndex;
  readonly open: () => Promise<LibraryIndex>;
  /** Fills the present index. */
  readonly rebuild: () => Promise<unknown>;
  /** Whether a damaged file may be set aside. */
  readonly mayRepair: boolean;
  readonly sqlite: Sqlite;
  readonly logger: Logger;
}

/** How often the name of the file is looked at. */
const LOOK_AT_FILE_MS = 500;

/** What a rebuild itself goes through, and what says that there is damage. */
const NOT_HEALED = new Set<string | symbol>(['replaceAll', 'check', 'isReplaced', 'close', Symbol.asyncDispose]);

/** @internal Damage in the middle of a database shows only when it is read: long after it was opened. */
export function renewableIndex({
  first,
  open,
  rebuild,
  mayRepair,
  sqlite,
  logger,
}: RenewableIndexOptions): RenewableIndex {
  let current = first;
  let healing: Promise<void> | null = null;
  let lookedMs = systemClock.monotonicMs();

  const isDamaged = async (): Promise<boolean> => {
    try {
      return !(await current.check()).ok;
    } catch (error) {
      if (isModelkeepError(error, 'sqlite.corrupt')) return true;
      throw error;
    }
  };
  const reopen = async (): Promise<void> => {
    await current.close();
    current = await open();
  };
  const renewIfDamaged = async (): Promise<boolean> => {
    if (!(await isDamaged())) return false;
    // Another process may have replaced the file already.
    await reopen();
    if (!(await isDamaged())) return true;
    const { path } = current;
    const damaged = await inodeOf(path);
    await current.close();
    // The lock under which a damaged file is replaced when it is opened.
    const lock = await sqlite.acquireLock(`${path}.lock`);
    try {
      if ((await inodeOf(path)) === damaged) await setAside(path);
    } finally {
      await lock.release();
    }
    current = await open();
    return true;
  };
  const isCurable = (error: unknown): boolean =>
    isMoved(error) || (mayRepair && isModelkeepError(error, 'sqlite.corrupt'));
  const heal = (cause: unknown): Promise<void> =>
    (healing ??= (async () => {
      if (isMoved(cause)) {
        await reopen();
        if (current.needsRebuild) await rebuild();
        return;
      }
      logger.warn('the index of the library is damaged: it is made anew', { path: current.path, error: String(cause) });
      await renewIfDamaged();
      await rebuild();
    })().finally(() => (healing = null)));

  /** A process whose file was set aside by another one would never notice. */
  const followFile = async (): Promise<void> => {
    const nowMs = systemClock.monotonicMs();
    if (nowMs - lookedMs < LOOK_AT_FILE_MS) return;
    lookedMs = nowMs;
    if (await current.isReplaced()) throw replaced(current.path);
  };
  const healed =
    (name: string) =>
    async (...values: readonly unknown[]): Promise<unknown> => {
      const call = async (): Promise<unknown> =>
        (Reflect.get(current, name) as (...given: readonly unknown[]) => Promise<unknown>)(...values);
      try {
        await followFile();
        return await call();
      } catch (error) {
        if (!isCurable(error)) throw error;
        await heal(error);
        return call();
      }
    };
  // A feed goes on in the index that takes the place of its own; that one asks for a new start.
  async function* watch(options: WatchChangesOptions = {}): AsyncGenerator<ChangePage> {
    let { since } = options;
    for (;;) {
      const watched = current;
      try {
        for await (const page of watched.watch({ ...options, since })) {
          yield page;
          since = page.cursor;
        }
      } catch (error) {
        if (isCurable(error)) await heal(error);
        else if (!isModelkeepError(error, 'core.closed')) throw error;
        if (healing !== null) await healing;
        if (current === watched) throw error;
      }
    }
  }
  return {
    index: new Proxy(first, {
      get(_first, name) {
        if (name === 'watch') return watch;
        const value: unknown = Reflect.get(current, name);
        return typeof value === 'function' && typeof name === 'string' && !NOT_HEALED.has(name) ? healed(name) : value;
      },
    }),
    renewIfDamaged,
  };
}

function replaced(path: string): ModelkeepError {
  return new ModelkeepError('sqlite.failed', {
    message: `${path} is another file than the one that was opened`,
    facts: { path, sqliteCode: 'SQLITE_READONLY_DBMOVED' },
  });
}

/** Another process has put another file in its place. */
function isMoved(error: unknown): boolean {
  return isModelkeepError(error, 'sqlite.failed') && error.facts.sqliteCode === 'SQLITE_READONLY_DBMOVED';
}

async function inodeOf(path: string): Promise<string | null> {
  try {
    return String((await stat(path, { bigint: true })).ino);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
