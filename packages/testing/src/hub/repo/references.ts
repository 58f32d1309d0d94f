import type { RepoDefinition } from '../repo-definition.ts';
import type { RepoHistory } from './repo-history.ts';
import type { Snapshot } from './snapshot.ts';

/** The names of a definition, all of them at the first commit. */
export function initialReferences(
  names: { readonly [Key in 'branches' | 'gitTags' | 'refs']: RepoDefinition[Key] | undefined },
  commit: string,
): Map<string, string> {
  const all = [
    'refs/heads/main',
    ...(names.branches ?? []).map((name) => `refs/heads/${name}`),
    ...(names.gitTags ?? []).map((name) => `refs/tags/${name}`),
    ...(names.refs ?? []),
  ];
  return new Map(all.map((name) => [name, commit]));
}

/** The snapshot that a branch, a tag, a full reference or a whole commit id names; short ids are not known. */
export function snapshotAt(history: RepoHistory, revision: string): Snapshot | undefined {
  for (const name of [`refs/heads/${revision}`, `refs/tags/${revision}`, revision]) {
    const commit = history.references.get(name);
    if (commit !== undefined) return history.snapshots.get(commit);
  }
  return history.snapshots.get(revision);
}
