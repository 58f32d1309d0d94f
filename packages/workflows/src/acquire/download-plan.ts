import type { TreeFile } from '../trees/tree-store.ts';

/** A file that a plan downloads, or finds here already. */
export interface PlannedFile extends TreeFile {
  /** Whether the library holds its content. */
  readonly present: boolean;
}

/** The conditions of a repo that a person has to accept on the hub. */
export interface Gate {
  /** `auto`: access comes with accepting; `manual`: the author decides. */
  readonly kind: 'auto' | 'manual';
  /** Whether the token that was given has access. */
  readonly granted: boolean;
  /** `token`: none was given, or the hub refuses it; `gate`: its owner has no access yet. */
  readonly reason: 'token' | 'gate' | null;
  /** Where a person accepts. */
  readonly acceptUrl: string;
}

/** What a download will do, told before a byte is fetched. Plain data: it can be shown, stored and sent. */
export interface DownloadPlan {
  readonly endpoint: string;
  readonly repo: string;
  /** What was asked for. */
  readonly revision: string;
  /** What that is now: 40 hex. The download fetches exactly this. */
  readonly commit: string;
  readonly files: readonly PlannedFile[];
  readonly bytesTotal: number;
  readonly bytesPresent: number;
  readonly bytesNeeded: number;
  /** SPDX id or the hub's word, null where the repo names none. */
  readonly licence: string | null;
  readonly tags: readonly string[];
  readonly description: string | null;
  /** Null for a repo that is open to everybody. */
  readonly gate: Gate | null;
}
