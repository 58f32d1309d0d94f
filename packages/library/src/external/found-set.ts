import type { FileStamp, MetadataLayer, ModelSource } from '@modelkeep/core';

/** @internal A file outside the library whose content is known. */
export interface FoundFile {
  /** The path it has in its set: what its source calls it. */
  readonly name: string;
  /** Absolute, as it is called where it is. */
  readonly path: string;
  /** The same without links. */
  readonly real: string;
  readonly sizeBytes: number;
  readonly stamp: FileStamp;
  readonly sha256: string;
  readonly gitSha1: string | null;
  readonly source: ModelSource;
  /** What stood under this path when it was looked at last, where that was something else. */
  readonly previousSha256: string | null;
}

/** @internal Files outside the library that stand together: what is sorted into models. */
export interface FoundSet {
  /** For models whose files have no name of their own. */
  readonly name: string;
  /** The folder that the names are paths below of. Absolute. */
  readonly folder: string;
  /** Folders that all files are in, the nearest first: where names are links, the files are elsewhere. */
  readonly bases: readonly string[];
  readonly files: readonly FoundFile[];
  /** Whether a small file that belongs to no model by its name goes with all models of its folder. */
  readonly sharesCompanions: boolean;
  readonly sourceGroup: string | null;
  readonly layers: Readonly<{ hub?: MetadataLayer | undefined }>;
}
