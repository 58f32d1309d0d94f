import type { ModelRecord } from '@modelkeep/core';

/** A file that could not be used, and why. */
export interface FileProblem {
  readonly path: string;
  /** The code of the error, such as `io.permission`. */
  readonly code: string;
  readonly message: string;
}

/** A model of a scan and where its files are. */
export interface ScannedModel {
  readonly id: string;
  readonly name: string;
  /** Where its first weights file is, or was when it is missing. Absolute. */
  readonly path: string;
  /** Where that file was before it was moved; null for all others. */
  readonly from: string | null;
}

/** Content that is there more than once. */
export interface DuplicateFiles {
  readonly sha256: string;
  readonly sizeBytes: number;
  /** The file that was found. */
  readonly path: string;
  /** Where the model that has the same content is kept. */
  readonly sameAs: string;
  readonly modelId: string;
}

/** What a scan found. Plain data. */
export interface ScanReport {
  readonly roots: readonly { readonly path: string; readonly state: 'scanned' | 'offline' }[];
  /** Model files that are there. */
  readonly total: number;
  readonly added: readonly ScannedModel[];
  /** Models whose files have other content than before. */
  readonly updated: readonly ScannedModel[];
  /** Models whose files have another name or are in another folder. */
  readonly moved: readonly ScannedModel[];
  /** Models with files that are gone. They keep all that is known of them. */
  readonly missing: readonly ScannedModel[];
  /** Models that were missing and are there again. */
  readonly returned: readonly ScannedModel[];
  /** Known files on drives that are not connected. */
  readonly offline: number;
  readonly duplicates: readonly DuplicateFiles[];
  /** Files that were read, and their bytes. */
  readonly hashesComputed: number;
  readonly bytesHashed: number;
  /** Files whose content was known although they have another name, or that were read by a scan that did not end. */
  readonly hashesReused: number;
  /** Files that are larger than `maxHashBytes`. */
  readonly hashesSkipped: readonly { readonly path: string; readonly sizeBytes: number }[];
  /** What was passed over, and why. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly errors: readonly FileProblem[];
}

/** @internal A report that grows. */
export type GrowingReport = {
  -readonly [K in keyof ScanReport]: ScanReport[K] extends readonly (infer Item)[] ? Item[] : ScanReport[K];
};

/** @internal */
export function emptyReport(): GrowingReport {
  return {
    roots: [],
    total: 0,
    added: [],
    updated: [],
    moved: [],
    missing: [],
    returned: [],
    offline: 0,
    duplicates: [],
    hashesComputed: 0,
    bytesHashed: 0,
    hashesReused: 0,
    hashesSkipped: [],
    skipped: [],
    errors: [],
  };
}

/** @internal A record as a report names it. */
export function scannedModel(
  { id, officialName }: Pick<ModelRecord, 'id' | 'officialName'>,
  { path, from = null }: { readonly path: string; readonly from?: string | null },
): ScannedModel {
  return { id, name: officialName, path, from };
}
