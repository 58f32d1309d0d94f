import { isModelkeepError, type Clock, type Logger } from '@modelkeep/core';
import type { HubClient } from '../client/hub-client.ts';
import type { RepoFileEntry } from '../tree/repo-entry.ts';
import type { RepoTree, TreeStore } from './repo-tree.ts';
import { toRepoTree } from './to-repo-tree.ts';

/** The part of a hub client that a look-up needs. */
export type LookupHub = Pick<HubClient, 'endpoint' | 'repoInfo' | 'listTree' | 'search'>;

/** What a look-up works with. */
export interface LookupContext {
  readonly hub: LookupHub;
  readonly trees: TreeStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Which tree is read. */
export interface ReadTreeOptions {
  readonly repo: string;
  /** 40 hex; null for the newest of the main branch. */
  readonly commit: string | null;
  readonly signal: AbortSignal | undefined;
}

/** A repo of more files is not gone through. */
const MAX_FILES = 100_000;

/** A tree that was seen before, else the hub's, which is remembered. One request, unless the hub tells no sizes with the info. */
export async function readTree(context: LookupContext, { repo, commit, signal }: ReadTreeOptions): Promise<RepoTree> {
  const { hub, trees, clock } = context;
  const { endpoint } = hub;
  const seen = commit === null ? null : await trees.get({ endpoint, repo, commit });
  if (seen !== null) return seen;
  const info = await hub.repoInfo(repo, { revision: commit ?? undefined, files: true, signal });
  const known = await trees.get({ endpoint, repo: info.id, commit: info.commit });
  if (known !== null) return known;
  const fetchedAt = new Date(clock.now()).toISOString();
  const files = info.files ?? (await listAll(hub, info.id, { revision: info.commit, signal }));
  const tree = toRepoTree({ endpoint, info, files: files.slice(0, MAX_FILES), fetchedAt });
  if (files.length <= MAX_FILES) await remember(context, tree);
  return tree;
}

async function listAll(
  hub: LookupHub,
  repo: string,
  options: { readonly revision: string; readonly signal: AbortSignal | undefined },
): Promise<RepoFileEntry[]> {
  const files: RepoFileEntry[] = [];
  for await (const entry of hub.listTree(repo, options)) {
    if (entry.type === 'file') files.push(entry);
    if (files.length > MAX_FILES) break;
  }
  return files;
}

/** A tree that cannot be kept is asked for again the next time; the answer is good all the same. */
async function remember({ trees, logger }: LookupContext, tree: RepoTree): Promise<void> {
  try {
    await trees.put(tree);
  } catch (error) {
    if (!isModelkeepError(error) || !error.code.startsWith('io.')) throw error;
    logger.warn('a file list could not be kept', { repo: tree.repo, error: error.message });
  }
}
