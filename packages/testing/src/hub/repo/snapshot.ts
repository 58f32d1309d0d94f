import { commitId } from '../content/git-objects.ts';
import { gitTrees } from '../content/git-tree.ts';
import type { StoredFile } from '../content/stored-file.ts';

/** A commit as the API shows it. */
export interface CommitInfo {
  readonly id: string;
  readonly title: string;
  readonly atMs: number;
}

/** A file at a commit, and the commit that changed it last. */
export interface SnapshotFile extends StoredFile {
  readonly lastCommit: CommitInfo;
}

/** A folder at a commit. */
export interface SnapshotFolder {
  readonly path: string;
  readonly oid: string;
  readonly lastCommit: CommitInfo;
}

/** Everything a repo holds at one commit. */
export interface Snapshot extends CommitInfo {
  readonly files: ReadonlyMap<string, SnapshotFile>;
  readonly folders: ReadonlyMap<string, SnapshotFolder>;
}

/** How a snapshot comes from the one before. */
export interface SnapshotChange {
  readonly parent: Snapshot | null;
  readonly changed: readonly StoredFile[];
  readonly deleted: readonly string[];
  readonly title: string;
  readonly atMs: number;
}

function newestByFolder(files: Iterable<SnapshotFile>): Map<string, CommitInfo> {
  const newest = new Map<string, CommitInfo>();
  for (const { path, lastCommit } of files) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at);
      const known = newest.get(folder);
      if (known === undefined || known.atMs < lastCommit.atMs) newest.set(folder, lastCommit);
    }
  }
  return newest;
}

/** Makes the next snapshot; its commit id is derived from the content. */
export function makeSnapshot(change: SnapshotChange): Snapshot {
  const kept = new Map<string, SnapshotFile>(change.parent?.files);
  for (const path of change.deleted) kept.delete(path);
  const blobs = new Map([...kept.values(), ...change.changed].map((file) => [file.path, file.gitSha1]));
  const trees = gitTrees(blobs);
  const { title, atMs } = change;
  const id = commitId({ tree: trees.root, parent: change.parent?.id ?? null, atMs, title });
  const lastCommit = { id, title, atMs };
  for (const file of change.changed) kept.set(file.path, { ...file, lastCommit });
  const files = new Map([...kept].sort(([left], [right]) => (left < right ? -1 : 1)));
  const newest = newestByFolder(files.values());
  const folders = new Map(
    [...trees.folders]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([path, oid]) => [path, { path, oid, lastCommit: newest.get(path) ?? lastCommit }]),
  );
  return { id, title, atMs, files, folders };
}
