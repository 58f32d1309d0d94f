import type { FactLayer, ModelFormat } from './model-terms.ts';
import type { ExternalPlace, ModelCompanion, ModelFacts, ModelFile, ModelSource } from './model-record.ts';

/** A layer that stands in metadata.json: all but the user's, which is overrides.json. */
export type StoredFactLayer = Exclude<FactLayer, 'user'>;

/** What one source said. */
export interface MetadataLayer {
  readonly facts: ModelFacts;
  /** When the source was read: ISO 8601. */
  readonly at: string;
  /** Version of the rules that made the layer, where it was made by rules. */
  readonly rulesVersion?: number | undefined;
  /** What the facts rest on, for people. */
  readonly evidence?: readonly string[] | undefined;
  /** What else the source says, in its own words. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * metadata.json, format 1: the canonical record of one model. The facts at the top (`type`, `family`, …) are what the
 * layers give without the user's overrides; they are written for other readers and never read back. Unknown fields are
 * kept.
 */
export interface ModelMetadata {
  readonly schema: 1;
  /** UUIDv7. */
  readonly id: string;
  /** The model's folder below the volume. */
  readonly slug: string;
  /** Where the files are when they are not in the library. */
  readonly place?: ExternalPlace | undefined;
  readonly officialName: string;
  readonly cleanedName: string;
  readonly format: ModelFormat;
  readonly files: readonly ModelFile[];
  readonly sources: readonly ModelSource[];
  readonly sourceGroup: string | null;
  readonly variantOf: string | null;
  readonly companions: readonly ModelCompanion[];
  readonly expectedFiles: readonly string[];
  readonly layers: Readonly<Partial<Record<StoredFactLayer, MetadataLayer>>>;
  /** Grows by one with each change. */
  readonly revision: number;
  /** The transaction that wrote this revision. */
  readonly txn: string;
  /** ISO 8601. */
  readonly importedAt: string;
  readonly updatedAt: string;
}

/** overrides.json: what a person says of a model. Unknown fields are kept: apps have their own. */
export interface ModelOverrides {
  readonly fields?: ModelFacts | undefined;
}

/** modelkeep.json: what a volume is. */
export interface VolumeFile {
  readonly format: number;
  /** The lowest format version that may read, and write, this volume. */
  readonly minReader: number;
  readonly minWriter: number;
  readonly libraryId: string;
  readonly volumeId: string;
  /** `linked`: a model's files are reflinks or hard links to blobs. */
  readonly store: 'linked';
  readonly createdAt: string;
}
