import { compareFile, evidenceFor } from './compare-file.ts';
import type { FoundFile, LookupSubject } from './lookup-types.ts';
import type { RepoTree } from './repo-tree.ts';

/** Files of a commit, and what else is known of the repo. */
export interface SeenTree {
  readonly tree: Pick<RepoTree, 'endpoint' | 'repo' | 'commit' | 'files'>;
  readonly downloads: number | null;
}

/** The files of a tree that have the content, under whatever name, and those that could have it by their name. */
export function sortFiles(
  { tree, downloads }: SeenTree,
  subject: LookupSubject,
): { readonly matches: FoundFile[]; readonly others: FoundFile[] } {
  const matches: FoundFile[] = [];
  const others: FoundFile[] = [];
  const { endpoint, repo, commit } = tree;
  for (const { path, sizeBytes, sha256, gitSha1 } of tree.files) {
    const verdict = compareFile({ sizeBytes, sha256, gitSha1 }, subject);
    if (verdict === 'mismatch') continue;
    const evidence = verdict === 'match' ? 'hash' : evidenceFor({ path, sizeBytes }, subject);
    if (evidence === null) continue;
    const found: FoundFile = { endpoint, repo, commit, path, sizeBytes, sha256, gitSha1, downloads, evidence };
    (verdict === 'match' ? matches : others).push(found);
  }
  return { matches, others };
}
