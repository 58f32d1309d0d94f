import { isModelkeepError } from '@modelkeep/core';
import type { LibraryIndex } from '@modelkeep/library-index';
import { setAside, type Sqlite } from '@modelkeep/sqlite';

/** @internal An index whose file can be replaced while it is in use. */
export interface RenewableIndex {
  /** Always the present one. */
  readonly index: LibraryIndex;
  /** Looks through the file, and where it is damaged sets it aside and begins an empty one. @returns whether it did */
  renewIfDamaged(): Promise<boolean>;
}

/** @internal What {@link renewableIndex} works with. */
export interface RenewableIndexOptions {
  readonly first: LibraryIndex;
  readonly open: () => Promise<LibraryIndex>;
  readonly sqlite: Sqlite;
}

/** @internal Damage in the middle of a database shows only when it is read: long after it was opened. */
export function renewableIndex({ first, open, sqlite }: RenewableIndexOptions): RenewableIndex {
  let current = first;
  const isDamaged = async (): Promise<boolean> => {
    try {
      return !(await current.check()).ok;
    } catch (error) {
      if (isModelkeepError(error, 'sqlite.corrupt')) return true;
      throw error;
    }
  };
  return {
    index: new Proxy(first, { get: (_first, name) => Reflect.get(current, name) as unknown }),
    async renewIfDamaged() {
      if (!(await isDamaged())) return false;
      const { path } = current;
      // The lock under which a damaged file is replaced when it is opened.
      const lock = await sqlite.acquireLock(`${path}.lock`);
      try {
        await current.close();
        current = await open();
        if (await isDamaged()) {
          await current.close();
          await setAside(path);
          current = await open();
        }
        return true;
      } finally {
        await lock.release();
      }
    },
  };
}
