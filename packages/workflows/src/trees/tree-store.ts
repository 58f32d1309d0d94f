import { join } from 'node:path';
import { silentLogger, type Logger } from '@modelkeep/core';
import {
  comparableName,
  type FindTreesOptions,
  type TreeFile,
  type TreeHit,
  type TreeStore,
} from '@modelkeep/hf-client';
import { writeFileAtomic, type FileSystem } from '@modelkeep/io';
import type { Sqlite } from '@modelkeep/sqlite';
import { createIndexedTrees } from './indexed-trees.ts';
import { hashKey, nameKey, readTreeFile, treeFileName } from './tree-file.ts';

/** @internal */
export interface TreeStoreOptions {
  readonly fileSystem: FileSystem;
  /** Exists. */
  readonly folder: string;
  /** Runs the index. */
  readonly sqlite: Sqlite;
  /** Keeps nothing: `put` does nothing. */
  readonly readOnly: boolean;
  readonly logger?: Logger | undefined;
}

/** @internal A tree store that is closed with the library. */
export interface DiskTreeStore extends TreeStore {
  close(): Promise<void>;
}

interface Question extends FindTreesOptions {
  readonly key: string;
  readonly fits: (file: TreeFile) => boolean;
}

const DEFAULT_LIMIT = 50;

/**
 * @internal Keeps each tree as a JSON file in one folder, which is the truth: a file that cannot be used is as good as
 * none. An index beside them tells which trees may have a hash or a name; what it says is looked up in the trees.
 */
export function createTreeStore(options: TreeStoreOptions): DiskTreeStore {
  const { fileSystem, folder, sqlite, readOnly, logger = silentLogger } = options;
  const indexed = createIndexedTrees({ fileSystem, folder, sqlite, readOnly, logger });
  const find = async ({ key, fits, limit = DEFAULT_LIMIT, signal }: Question): Promise<TreeHit[]> => {
    signal?.throwIfAborted();
    const hits: TreeHit[] = [];
    for (const name of await indexed.find(key, limit)) {
      signal?.throwIfAborted();
      const tree = await readTreeFile(fileSystem, { folder, name, signal });
      if (tree === null) {
        await indexed.forget(name);
        continue;
      }
      const { endpoint, repo, commit, fetchedAt, files } = tree;
      hits.push(...files.filter(fits).map((file) => ({ endpoint, repo, commit, fetchedAt, file })));
    }
    return hits;
  };

  return {
    get: (key) => readTreeFile(fileSystem, { folder, name: treeFileName(key) }),
    async put(tree) {
      if (readOnly) return;
      await writeFileAtomic(fileSystem, { path: join(folder, treeFileName(tree)), data: JSON.stringify(tree) });
    },
    findByHash: (hash, request) =>
      find({ ...request, key: hashKey(hash), fits: ({ sha256, gitSha1 }) => sha256 === hash || gitSha1 === hash }),
    findByFileName: (name, request) =>
      find({ ...request, key: nameKey(name), fits: ({ path }) => comparableName(path) === comparableName(name) }),
    close: () => indexed.close(),
  };
}
