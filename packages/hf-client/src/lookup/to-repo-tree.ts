import type { RepoInfo } from '../models/repo-info.ts';
import type { RepoFileEntry } from '../tree/repo-entry.ts';
import type { RepoTree } from './repo-tree.ts';

/** What a tree is made of. */
export interface ToRepoTreeOptions {
  readonly endpoint: string;
  readonly info: RepoInfo;
  /** All files at the commit of `info`. */
  readonly files: readonly RepoFileEntry[];
  /** When they were listed: ISO 8601. */
  readonly fetchedAt: string;
}

/** More tags, or longer ones, are no words that people search by. */
const MAX_TAGS = 500;
const MAX_TAG_CHARACTERS = 200;

/** What a hub told of a repo, in the form in which it is remembered. */
export function toRepoTree({ endpoint, info, files, fetchedAt }: ToRepoTreeOptions): RepoTree {
  return {
    endpoint,
    repo: info.id,
    commit: info.commit,
    files: files.map(({ path, sizeBytes, sha256, gitSha1 }) => ({ path, sizeBytes, sha256, gitSha1 })),
    facts: { licence: info.licence, tags: wordsOf(info.tags), description: null },
    gated: info.gated,
    fetchedAt,
  };
}

/** The hub mixes its own bookkeeping (`license:mit`, `region:us`) into the tags of people. */
function wordsOf(tags: readonly string[]): string[] {
  return tags.filter((tag) => !tag.includes(':') && tag.length <= MAX_TAG_CHARACTERS).slice(0, MAX_TAGS);
}
