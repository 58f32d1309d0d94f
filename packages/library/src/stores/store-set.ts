import type { FileStamp, MetadataLayer, ModelSource } from '@modelkeep/core';
import type { FileProblem } from '../scan/scan-report.ts';

/** @internal A file that another tool keeps. */
export interface StoreFile {
  /** What its source calls it. */
  readonly name: string;
  /** Absolute, as it is called there. */
  readonly path: string;
  /** The same without links. */
  readonly real: string;
  readonly sizeBytes: number;
  readonly stamp: FileStamp;
  /** What the tool says of its content: a claim. */
  readonly claim: { readonly sha256: string | null; readonly gitSha1: string | null };
  readonly source: ModelSource;
}

/** @internal Files that another tool keeps together. */
export interface StoreSet {
  readonly name: string;
  readonly folder: string;
  readonly bases: readonly string[];
  readonly files: readonly StoreFile[];
  readonly sourceGroup: string;
  readonly layers: Readonly<{ hub?: MetadataLayer | undefined }>;
}

/** @internal What a reader found in a store; what it refuses is a problem and does not end the reading. */
export interface StoreReading {
  readonly sets: readonly StoreSet[];
  readonly problems: readonly FileProblem[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}
