import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isModelkeepError, isSha1, isSha256 } from '@modelkeep/core';
import { comparableName, type RepoTree, type TreeKey } from '@modelkeep/hf-client';
import { readJson, type FileSystem } from '@modelkeep/io';
import { z } from 'zod';

const treeSchema: z.ZodType<RepoTree> = z.object({
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

const MAX_TREE_BYTES = 64 * 1024 * 1024;
const TREE_NAME = /^[0-9a-f]{64}\.json$/u;

/** @internal The name of the file that keeps a tree. */
export function treeFileName({ endpoint, repo, commit }: TreeKey): string {
  return `${createHash('sha256').update([endpoint, repo, commit].join('\n')).digest('hex')}.json`;
}

/** @internal Whether a name is one that {@link treeFileName} gives. */
export function isTreeFileName(name: string): boolean {
  return TREE_NAME.test(name);
}

/** @internal A tree as it was put; null for a file that is gone, damaged, or another tree than its name says. */
export async function readTreeFile(
  fileSystem: FileSystem,
  {
    folder,
    name,
    signal,
  }: { readonly folder: string; readonly name: string; readonly signal?: AbortSignal | undefined },
): Promise<RepoTree | null> {
  try {
    const json = await readJson(fileSystem, { path: join(folder, name), maxBytes: MAX_TREE_BYTES, signal });
    const parsed = treeSchema.safeParse(json);
    return parsed.success && treeFileName(parsed.data) === name ? parsed.data : null;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found') || isModelkeepError(error, 'io.corrupt-json')) return null;
    throw error;
  }
}

/** @internal What a tree is found by: a key for each hash and each base name in it. Different ones may share a key. */
export function treeKeys({ files }: RepoTree): string[] {
  const keys = files.flatMap(({ path, sha256, gitSha1 }) => [
    nameKey(path),
    ...[sha256, gitSha1].flatMap((hash) => (hash === null ? [] : [hashKey(hash)])),
  ]);
  return [...new Set(keys)];
}

/** @internal */
export function hashKey(hash: string): string {
  return `h${hash.slice(0, 24)}`;
}

/** @internal */
export function nameKey(path: string): string {
  return `n${createHash('sha256').update(comparableName(path)).digest('hex').slice(0, 24)}`;
}
