import type {
  ImportMode,
  MetadataLayer,
  ModelMetadata,
  ModelOverrides,
  ModelRecord,
  ModelSource,
} from '@modelkeep/core';
import type { HashChoice } from './content-hashes.ts';
import type { FileProblem } from '../scan/scan-report.ts';

/** How files are imported. */
export interface ImportOptions {
  /** @default 'auto' */
  readonly mode?: ImportMode | undefined;
  /** Takes the digests that other tools say of their files for true. @default false */
  readonly trustStores?: boolean | undefined;
  /**
   * `all` computes the hashes that other tools know files by as well (AutoV1, AutoV2, AutoV3, CRC-32, tensor hash), in the same
   * read of the bytes. A model that is here already gains those that it lacked. What is adopted where it is goes without.
   *
   * @default 'content'
   */
  readonly hashes?: HashChoice | undefined;
  /**
   * Is called for each model that was outside the library and is its own now, with its id and all that is known of it. A
   * file that is moved still has its name outside then.
   */
  readonly onTakenIn?: ((model: ModelRecord) => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was passed over, and why. */
export interface SkippedPath {
  readonly path: string;
  readonly reason: string;
}

/** What an import did. Plain data. */
export interface ImportReport {
  /** The models that the files make, those that were here already included. */
  readonly models: readonly ModelRecord[];
  /** Bytes that were copied; a clone copies none but counts here. */
  readonly bytesCopied: number;
  /** Bytes of files that became the library's without a copy. */
  readonly bytesMoved: number;
  /** Bytes that the library had already, or that stay where they are: they take no room a second time. */
  readonly bytesSaved: number;
  readonly skipped: readonly SkippedPath[];
  /** Files that could not be read. The others were imported without them. */
  readonly errors: readonly FileProblem[];
}

/** @internal What is known of files before they are read: what another tool says of them. */
export interface ImportOrigin {
  readonly sourceGroup: string | null;
  readonly layers: Readonly<{ hub?: MetadataLayer | undefined }>;
  readonly sourceOf: (path: string) => ModelSource;
  /** The SHA-256 that a file should have. */
  readonly claimOf: (path: string) => string | null;
  /** What a person has said of the models before they came here. */
  readonly overrides?: ModelOverrides | undefined;
  /** Puts what is known of a model in the place of what its bytes tell. */
  readonly adjust?: ((draft: ModelMetadata) => ModelMetadata) | undefined;
}

/** @internal A report that grows. */
export interface ImportResult {
  readonly models: ModelRecord[];
  bytesCopied: number;
  bytesMoved: number;
  bytesSaved: number;
  readonly skipped: SkippedPath[];
  readonly errors: FileProblem[];
}

/** @internal Files of which nothing is known but where they are. */
export const localOrigin: ImportOrigin = {
  sourceGroup: null,
  layers: {},
  sourceOf: (path) => ({ provider: 'local', endpoint: null, repo: null, revision: null, commit: null, path }),
  claimOf: () => null,
};
