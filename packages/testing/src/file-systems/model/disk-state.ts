import type { FileNode, ModelNode } from './node.ts';
import type { PendingNames } from './pending-names.ts';

/** @internal What a model of a drive starts from. */
export interface ModelDiskOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly hardlinks: boolean;
  readonly reflinks: boolean;
}

/** @internal The nodes of a drive in memory, what of them is durable, and what is not yet. */
export interface ModelDisk {
  readonly options: ModelDiskOptions;
  readonly nodes: Map<number, ModelNode>;
  readonly descriptors: Map<number, { readonly node: FileNode; readonly path: string }>;
  pending: PendingNames[];
  nextId: number;
}
