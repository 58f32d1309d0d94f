import type { InventoryVersion } from './server.ts';

/** Where the bytes of a file may be had on the hub. */
export interface ContentSource {
  /** `org/name`. */
  readonly repo: string;
  /** Path in the repo, `/` between segments. */
  readonly path: string;
  /** The branch, tag or commit that it was asked for. */
  readonly revision?: string | null | undefined;
  /** 40 hex. */
  readonly commit?: string | null | undefined;
}

/** One file of weights on a server. What it says of itself is stored as it is, and never believed over its hash. */
export interface InventoryItem {
  /** Content identity, 64 lower-case hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Where it is on that server, in that system's way; at most 1,024 characters. It is also what the file is found by. */
  readonly path: string;
  /** At most 256 characters, as the words that follow at most 64. */
  readonly name?: string | null | undefined;
  readonly type?: string | null | undefined;
  readonly family?: string | null | undefined;
  readonly baseModel?: string | null | undefined;
  readonly precision?: string | null | undefined;
  readonly civitaiVersionId?: number | null | undefined;
  /** At most 16. */
  readonly sources?: readonly ContentSource[] | undefined;
  /** Paths that other systems know it by; at most 32. */
  readonly aliases?: readonly string[] | undefined;
  /** Whether its bytes were found damaged: then it does not count as there. @default false */
  readonly corrupt?: boolean | undefined;
}

/** All that a server has. What is not in it is gone from there. */
export interface FullInventory {
  readonly kind: 'full';
  /** What was known when the server began to read its own inventory, so that an older reading never replaces a newer one. */
  readonly base: InventoryVersion;
  readonly items: readonly InventoryItem[];
}

/** What has changed on a server since an inventory that is known. */
export interface InventoryDelta {
  readonly kind: 'delta';
  readonly base: InventoryVersion;
  /** New or changed. */
  readonly put: readonly InventoryItem[];
  /** The hashes of what is gone. */
  readonly gone: readonly string[];
}

/** What a server tells of its inventory, at once. */
export type InventorySync = FullInventory | InventoryDelta;

/** What a sync did. Plain data. */
export interface SyncReport {
  /** What is known now: the base of the next sync. */
  readonly inventory: InventoryVersion;
  /** False where all of it was known already: a repeated sync, or one that tells nothing new. */
  readonly changed: boolean;
  readonly items: number;
  readonly appeared: number;
  readonly updated: number;
  readonly vanished: number;
}
