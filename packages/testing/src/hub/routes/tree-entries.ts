import type { CommitInfo, Snapshot, SnapshotFile, SnapshotFolder } from '../repo/snapshot.ts';

function lastCommit({ atMs, id, title }: CommitInfo): Record<string, unknown> {
  return { id, title, date: new Date(atMs).toISOString() };
}

/** A file as the tree shows it: the key of its SHA-256 is `lfs.oid` here, and `oid` is the pointer's git hash. */
function fileEntry(file: SnapshotFile, expand: boolean): Record<string, unknown> {
  const { gitSha1, lfs, path, source } = file;
  const { sizeBytes } = source;
  const stored =
    lfs === null
      ? {}
      : { lfs: { oid: lfs.sha256, size: sizeBytes, pointerSize: lfs.pointerBytes }, xetHash: lfs.xetHash };
  const expanded = expand
    ? { lastCommit: lastCommit(file.lastCommit), securityFileStatus: { status: 'unscanned' } }
    : {};
  return { type: 'file', oid: gitSha1, size: sizeBytes, ...stored, path, ...expanded };
}

/** A folder as the tree shows it. */
function folderEntry(folder: SnapshotFolder, expand: boolean): Record<string, unknown> {
  const { oid, path } = folder;
  return { type: 'directory', oid, size: 0, path, ...(expand ? { lastCommit: lastCommit(folder.lastCommit) } : {}) };
}

/** The entry at a path, or `undefined`. */
export function entryAt(snapshot: Snapshot, path: string, expand: boolean): Record<string, unknown> | undefined {
  const file = snapshot.files.get(path);
  if (file !== undefined) return fileEntry(file, expand);
  const folder = snapshot.folders.get(path);
  return folder === undefined ? undefined : folderEntry(folder, expand);
}
