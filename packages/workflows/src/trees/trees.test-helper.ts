import { createHash } from 'node:crypto';
import type { RepoTree } from '@modelkeep/hf-client';
import { nodeFileSystem, type FileSystem } from '@modelkeep/io';
import { createSqlite } from '@modelkeep/sqlite';
import { createTreeStore, type DiskTreeStore, type TreeStoreOptions } from './tree-store.ts';

/** A hash of a text. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A tree whose files' hashes follow from the repo and the number. */
export function treeOf(repo: string, { files = 3 }: { readonly files?: number } = {}): RepoTree {
  return {
    endpoint: 'https://hub.example',
    repo,
    commit: hashOf(repo).slice(0, 40),
    files: Array.from({ length: files }, (_, index) => {
      const hash = hashOf(`${repo} ${index}`);
      const inGit = index === 0;
      return {
        path: inGit ? 'config.json' : `weights/${repo.replace('/', '-')}-${index}.safetensors`,
        sizeBytes: 1_000 + index,
        sha256: inGit ? null : hash,
        gitSha1: inGit ? hash.slice(0, 40) : null,
      };
    }),
    facts: { licence: 'mit', tags: ['flux'], description: null },
    gated: false,
    fetchedAt: '2026-01-01T00:00:00.000Z',
  };
}

/** A store with SQLite of its own. */
export function openTrees(
  folder: string,
  options: Partial<TreeStoreOptions> = {},
): { readonly store: DiskTreeStore } & AsyncDisposable {
  const sqlite = createSqlite();
  const store = createTreeStore({ fileSystem: nodeFileSystem, folder, sqlite, readOnly: false, ...options });
  return {
    store,
    async [Symbol.asyncDispose]() {
      await store.close();
      await sqlite.close();
    },
  };
}

/** The file system, with the paths of the files that were read. */
export function countingReads(): FileSystem & { readonly read: string[] } {
  const read: string[] = [];
  return {
    ...nodeFileSystem,
    read,
    readFile(path, options) {
      read.push(path);
      return nodeFileSystem.readFile(path, options);
    },
  };
}
