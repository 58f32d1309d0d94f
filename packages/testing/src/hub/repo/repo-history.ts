import type { StoredFile } from '../content/stored-file.ts';
import type { Snapshot } from './snapshot.ts';

/** The commits of a repo and what points at them. */
export interface RepoHistory {
  readonly snapshots: Map<string, Snapshot>;
  /** Commit id by full name: `refs/heads/main`, `refs/tags/v1`, `refs/pr/1`. */
  readonly references: Map<string, string>;
  /** Files in LFS by their Xet hash, of all commits. */
  readonly objects: Map<string, StoredFile>;
}

/** Adds a snapshot and the LFS files that the CDN serves for it. */
export function rememberSnapshot(history: RepoHistory, snapshot: Snapshot): void {
  history.snapshots.set(snapshot.id, snapshot);
  for (const file of snapshot.files.values()) if (file.lfs !== null) history.objects.set(file.lfs.xetHash, file);
}
