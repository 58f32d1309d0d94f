import { join } from 'node:path';
import { isModelkeepError, type Logger } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import { setAside, type Sqlite } from '@modelkeep/sqlite';
import pMap from 'p-map';
import { isTreeFileName, readTreeFile, treeKeys } from './tree-file.ts';
import { createMemoryIndex, openTreeIndex, treeIndexName, type IndexedTree, type TreeIndex } from './tree-index.ts';

/** @internal */
export interface IndexedTreesOptions {
  readonly fileSystem: FileSystem;
  readonly folder: string;
  readonly sqlite: Sqlite;
  readonly readOnly: boolean;
  readonly logger: Logger;
}

/** @internal The trees of a folder by their keys. */
export interface IndexedTrees {
  /** Names of files whose trees may have a key, those met last first. It misses none that was there when it was asked. */
  find(key: string, limit: number): Promise<readonly string[]>;
  /** Drops what the index says of a file that is no tree any more. */
  forget(name: string): Promise<void>;
  close(): Promise<void>;
}

interface Indexes {
  /** The one in the folder; null where it cannot be used. */
  readonly stored: TreeIndex | null;
  /** What the one in the folder cannot take. */
  readonly memory: TreeIndex;
}

const TREES_AT_ONCE = 8;
const TREES_A_TRANSACTION = 50;

/**
 * @internal Before each answer the index is compared with the folder, whose files are the truth: it is right whoever put
 * them there. It is opened with the first question. Whatever keeps it from being used, the answer comes all the same.
 */
export function createIndexedTrees(options: IndexedTreesOptions): IndexedTrees {
  const { fileSystem, folder, sqlite, readOnly, logger } = options;
  const path = join(folder, treeIndexName);
  const indexed = new Set<string>();
  let opening: Promise<Indexes> | undefined;
  let refreshing: Promise<unknown> = Promise.resolve();

  const opened = (): Promise<Indexes> => (opening ??= open());
  const open = async (): Promise<Indexes> => {
    const memory = createMemoryIndex();
    try {
      return { stored: await openTreeIndex({ sqlite, path, readOnly }), memory };
    } catch (error) {
      if (!isIndexTrouble(error)) throw error;
      if (!readOnly) logger.warn('the index of file lists cannot be opened', { path, error: String(error) });
      return { stored: null, memory };
    }
  };

  const refresh = async (): Promise<void> => {
    const entries = await fileSystem.readdir(folder);
    const names = entries.map(({ name }) => name).filter((name) => isTreeFileName(name) && !indexed.has(name));
    if (names.length === 0) return;
    const { stored } = await opened();
    for (const name of (await stored?.known(names)) ?? []) indexed.add(name);
    const missing = names.filter((name) => !indexed.has(name));
    for (let start = 0; start < missing.length; start += TREES_A_TRANSACTION) {
      const batch = missing.slice(start, start + TREES_A_TRANSACTION);
      const read = await pMap(batch, keysOf, { concurrency: TREES_AT_ONCE });
      const trees = read.filter((tree) => tree !== null);
      await add(trees);
      // A file that is no tree is looked at again the next time: it may have been put in order by then.
      for (const { name } of trees) indexed.add(name);
    }
  };
  const keysOf = async (name: string): Promise<IndexedTree | null> => {
    const tree = await readTreeFile(fileSystem, { folder, name });
    return tree === null ? null : { name, keys: treeKeys(tree) };
  };
  const add = async (trees: readonly IndexedTree[]): Promise<void> => {
    const { stored, memory } = await opened();
    if (stored === null || readOnly) return memory.add(trees);
    try {
      await stored.add(trees);
    } catch (error) {
      if (!isIndexTrouble(error) || isModelkeepError(error, 'sqlite.corrupt')) throw error;
      logger.warn('the index of file lists cannot be written', { path, error: String(error) });
      await memory.add(trees);
    }
  };

  /** A damaged index is set aside and made anew, once. */
  const withRepair = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!isModelkeepError(error, 'sqlite.corrupt')) throw error;
      logger.warn('the index of file lists is damaged', { path, error: error.message });
    }
    const { stored, memory } = await opened();
    await stored?.close();
    if (!readOnly) await setAside(path);
    opening = readOnly ? Promise.resolve({ stored: null, memory }) : undefined;
    indexed.clear();
    return work();
  };

  return {
    find(key, limit) {
      // One after the other: joining a refresh that has read the folder already would miss what came since.
      const answer = refreshing.then(() =>
        withRepair(async () => {
          await refresh();
          const { stored, memory } = await opened();
          const names = [...((await stored?.find(key, limit)) ?? []), ...(await memory.find(key, limit))];
          return names.filter((name) => isTreeFileName(name)).slice(0, limit);
        }),
      );
      refreshing = answer.catch(() => {});
      return answer;
    },
    async forget(name) {
      const { stored, memory } = await opened();
      await memory.forget([name]);
      if (!readOnly) await stored?.forget([name]);
      indexed.delete(name);
    },
    async close() {
      await refreshing;
      // What failed to open needs no closing, and was told to whoever asked.
      const indexes = await opening?.catch(() => undefined);
      await indexes?.stored?.close();
    },
  };
}

function isIndexTrouble(error: unknown): boolean {
  return isModelkeepError(error) && /^(?:sqlite|io)\./u.test(error.code);
}
