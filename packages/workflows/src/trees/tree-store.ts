import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isModelkeepError, isSha1, isSha256 } from '@modelkeep/core';
import { readJson, writeFileAtomic, type FileSystem } from '@modelkeep/io';
import { z } from 'zod';

/** Which commit of which repo. */
export interface TreeKey {
  /** Origin of the hub. */
  readonly endpoint: string;
  readonly repo: string;
  /** 40 hex. */
  readonly commit: string;
}

/** One file of a commit. */
export interface TreeFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string | null;
  readonly gitSha1: string | null;
}

/** All files of a commit and what the hub says of the repo. A commit never changes, so this never goes stale. */
export interface StoredTree extends TreeKey {
  readonly files: readonly TreeFile[];
  readonly facts: {
    readonly licence: string | null;
    readonly tags: readonly string[];
    readonly description: string | null;
  };
  readonly gated: false | 'auto' | 'manual';
  readonly fetchedAt: string;
}

const treeSchema: z.ZodType<StoredTree> = z.object({
  endpoint: z.string(),
  repo: z.string(),
  commit: z.string().refine(isSha1),
  files: z.array(
    z.object({
      path: z.string(),
      sizeBytes: z.int().nonnegative(),
      sha256: z.string().refine(isSha256).nullable(),
      gitSha1: z.string().refine(isSha1).nullable(),
    }),
  ),
  facts: z.object({ licence: z.string().nullable(), tags: z.array(z.string()), description: z.string().nullable() }),
  gated: z.union([z.literal(false), z.enum(['auto', 'manual'])]),
  fetchedAt: z.iso.datetime(),
});

/** Remembers the file lists of commits: a pinned commit that is here needs no request. */
export interface TreeStore {
  get(key: TreeKey): Promise<StoredTree | null>;
  put(tree: StoredTree): Promise<void>;
}

const MAX_TREE_BYTES = 64 * 1024 * 1024;

/**
 * Keeps each tree as a JSON file in one folder. A file that cannot be used is as good as none.
 *
 * @param folder - exists
 */
export function createTreeStore(fileSystem: FileSystem, folder: string): TreeStore {
  const pathOf = ({ endpoint, repo, commit }: TreeKey): string =>
    join(folder, `${createHash('sha256').update([endpoint, repo, commit].join('\n')).digest('hex')}.json`);
  return {
    async get(key) {
      try {
        const parsed = treeSchema.safeParse(
          await readJson(fileSystem, { path: pathOf(key), maxBytes: MAX_TREE_BYTES }),
        );
        if (!parsed.success) return null;
        const { endpoint, repo, commit } = parsed.data;
        return endpoint === key.endpoint && repo === key.repo && commit === key.commit ? parsed.data : null;
      } catch (error) {
        if (isModelkeepError(error, 'io.not-found') || isModelkeepError(error, 'io.corrupt-json')) return null;
        throw error;
      }
    },
    put: (tree) => writeFileAtomic(fileSystem, { path: pathOf(tree), data: JSON.stringify(tree) }),
  };
}
