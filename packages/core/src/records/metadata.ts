import type { CivitaiDetails } from './civitai-details.ts';
import type { FactLayer, ModelFormat, OpenWord } from './model-terms.ts';
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
  /** Which of several sources of this kind said it, such as `hf:org/name@commit`. */
  readonly source?: string | undefined;
  /** What the source tells of the model on Civitai. */
  readonly civitai?: CivitaiDetails | undefined;
  /** What else the source says, in its own words. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/** One change of one fact. */
export interface HistoryEntry {
  /** ISO 8601. */
  readonly at: string;
  /** The revision of metadata.json that came with it. */
  readonly revision: number;
  /** The layer that changed. */
  readonly layer: OpenWord<FactLayer>;
  /** `edit`: through the library. `file`: somebody wrote overrides.json, and it was found later. `import`: an
   * export of another library. `source`: a source. */
  readonly by: OpenWord<'edit' | 'file' | 'import' | 'source'>;
  readonly field: string;
  /** The value before and after, null where the layer said nothing; long ones are cut and end with `…`. */
  readonly from: unknown;
  readonly to: unknown;
}

/**
 * metadata.json, schema 1: the canonical record of one model. The facts at the top (`type`, `family`, …) are what the
 * layers give without the user's overrides; they are written for other readers and never read back. Unknown fields are
 * kept.
 */
export interface ModelMetadata {
  /** A later version's file is read where its `minReader` allows, and never written. */
  readonly schema: number;
  /** The lowest schema that a reader has to know. @default `schema` */
  readonly minReader?: number | undefined;
  /** UUIDv7. */
  readonly id: string;
  /** The model's folder below the volume. */
  readonly slug: string;
  /** Where the files are when they are not in the library. */
  readonly place?: ExternalPlace | undefined;
  readonly officialName: string;
  readonly cleanedName: string;
  /** A word of a later version is kept, and counts as `unknown`. */
  readonly format: OpenWord<ModelFormat>;
  readonly files: readonly ModelFile[];
  readonly sources: readonly ModelSource[];
  readonly sourceGroup: string | null;
  readonly variantOf: string | null;
  readonly companions: readonly ModelCompanion[];
  readonly expectedFiles: readonly string[];
  /** The id of the version that this one takes the place of. */
  readonly supersedes?: string | undefined;
  /** What newer files of the same names have taken the place of. Their bytes stay until they are released. */
  readonly replaced?: readonly ModelFile[] | undefined;
  /** When the files were given up to make room: they are as good as not there, and their bytes may go. ISO 8601. */
  readonly evictedAt?: string | undefined;
  /** Layers of later versions are kept beside those that are known here. */
  readonly layers: { readonly [Layer in StoredFactLayer]?: MetadataLayer | undefined };
  /** The last changes, the oldest first; a reader skips what is no {@link HistoryEntry}. */
  readonly history?: readonly unknown[] | undefined;
  /** Ids of models that were found to be this one: it answers to them. */
  readonly formerIds?: readonly string[] | undefined;
  /** Paths that other systems know the model's weights by, as they write them. */
  readonly aliases?: readonly string[] | undefined;
  /** When an app has said that it used the model: ISO 8601. */
  readonly lastUsedAt?: string | undefined;
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
  /** @default 1 */
  readonly schema?: number | undefined;
  /** The lowest schema that a reader has to know. @default `schema` */
  readonly minReader?: number | undefined;
  /** The facts that a person states. `''` and `[]` say that there is none; a later version's fields are kept. */
  readonly fields?: ModelFacts | undefined;
  /**
   * Where links of apps to this version lead once there is a newer one: to that, or still here. A word of a later version
   * is kept, and counts as `latest`. @default 'latest'
   */
  readonly follow?: OpenWord<'latest' | 'pinned'> | undefined;
  /** Whether its bytes stay whatever room is needed. @default false */
  readonly pinned?: boolean | undefined;
  /** By the id of an app, the versions that see the model, as a range of semver. Checked when it is used. */
  readonly version_ranges?: unknown;
  /** By the id of an app or `*`, an {@link AppMapping}. Checked when it is used. */
  readonly mapping?: unknown;
}

/** modelkeep.json: what a volume is. */
export interface VolumeFile {
  readonly format: number;
  /** The lowest format version that may read, and write, this volume. */
  readonly minReader: number;
  readonly minWriter: number;
  readonly libraryId: string;
  readonly volumeId: string;
  /**
   * What was found out when the volume was made. `linked`: a model's files are reflinks or hard links to blobs. `folder`:
   * the drive has neither, and the file in a model's folder is the only name of its bytes.
   */
  readonly store: 'linked' | 'folder';
  readonly createdAt: string;
  /** What the models may take at most, in bytes. @default no limit */
  readonly quotaBytes?: number | undefined;
}
