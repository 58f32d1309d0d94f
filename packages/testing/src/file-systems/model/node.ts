/** @internal A change of bytes that is not durable yet. */
export type PendingWrite =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly sizeBytes: number };

interface CommonNode {
  readonly id: number;
  mode: number;
  mtimeMs: number;
  ctimeMs: number;
}

/** @internal A file: what a reader sees, and what of it a power loss leaves for certain. */
export interface FileNode extends CommonNode {
  readonly kind: 'file';
  /** Never changed in place: crash images share it. */
  bytes: Uint8Array;
  durable: { readonly bytes: Uint8Array; readonly mode: number };
  pending: readonly PendingWrite[];
}

/** @internal A folder, as readers see it and as it is durable. */
export interface FolderNode extends CommonNode {
  readonly kind: 'folder';
  entries: Map<string, number>;
  durable: Map<string, number>;
}

/** @internal */
export interface SymlinkNode extends CommonNode {
  readonly kind: 'symlink';
  readonly target: string;
}

/** @internal What a name leads to. */
export type ModelNode = FileNode | FolderNode | SymlinkNode;

/** @internal The bytes after a change. */
export function applyWrite(bytes: Uint8Array, write: PendingWrite): Uint8Array {
  const sizeBytes =
    write.kind === 'truncate' ? write.sizeBytes : Math.max(bytes.byteLength, write.position + write.bytes.byteLength);
  const changed = new Uint8Array(sizeBytes);
  changed.set(bytes.subarray(0, sizeBytes));
  if (write.kind === 'write') changed.set(write.bytes, write.position);
  return changed;
}
