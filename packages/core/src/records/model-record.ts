import type { CivitaiDetails } from './civitai-details.ts';
import type { LoadSafety } from './load-safety.ts';
import type { FieldHashes } from './field-hashes.ts';
import type { ModelMapping } from './model-mapping.ts';
import type { FactLayer, FileRole, ModelFormat, ModelType, OpenWord, SourceProvider } from './model-terms.ts';

/** Facts about a model that several sources may state. Absent and null mean: this source does not say. */
export interface ModelFacts {
  /** The name people know it by. */
  readonly name?: string | null | undefined;
  /** A {@link ModelType}; a word of a later version is kept, and counts as `unknown`. */
  readonly type?: OpenWord<ModelType> | null | undefined;
  /** Architecture family in lower case: `flux1`, `sdxl`, `sd1`, `llama`, … */
  readonly family?: string | null | undefined;
  /** Base model in Civitai's words where it has one: `Flux.1 D`, `SDXL 1.0`, … */
  readonly baseModel?: string | null | undefined;
  /** What sets it apart within its base model: `inpaint`, `v-prediction`, `refiner`, … */
  readonly variant?: string | null | undefined;
  /** Precision of the weights: `fp32`, `fp16`, `bf16`, `fp8`, … */
  readonly precision?: string | null | undefined;
  /** Quantisation of the weights as its users write it: `Q4_K_M`, `nf4`, … */
  readonly quantisation?: string | null | undefined;
  readonly parameterCount?: number | null | undefined;
  readonly description?: string | null | undefined;
  readonly tags?: readonly string[] | null | undefined;
  readonly triggerWords?: readonly string[] | null | undefined;
  /** SPDX id, or the word that the source uses. */
  readonly licence?: string | null | undefined;
}

/** Where a model or a file came from. */
export interface ModelSource {
  /** In a {@link ModelRecord} one that this version knows, else `other`. */
  readonly provider: OpenWord<SourceProvider>;
  /** The hub, such as `https://huggingface.co`, or the origin of a URL; null for local files, and where nobody said. */
  readonly endpoint: string | null;
  /** `org/name`, the number of a model on Civitai, or null for what is in no repo. */
  readonly repo: string | null;
  /** What was asked for: a branch, a tag or a commit; on Civitai the number of a version. */
  readonly revision: string | null;
  /** What it was at that time: 40 hex. */
  readonly commit: string | null;
  /** Path in the repo, the path of a URL without its query, or the path a local file was imported from. */
  readonly path: string | null;
}

/** One file of a model. */
export interface ModelFile {
  /** Path below the model's folder, `/` between segments, cleaned. */
  readonly name: string;
  /** The name it had where it came from. */
  readonly officialName: string;
  /** In a {@link ModelRecord} one that this version knows, else `other`. */
  readonly role: OpenWord<FileRole>;
  readonly sizeBytes: number;
  /** Content identity, 64 hex. */
  readonly sha256: string;
  /** 64 hex, or null when it was not computed. */
  readonly blake3: string | null;
  /** Git's hash of the bytes as a blob, 40 hex, where it is known. */
  readonly gitSha1: string | null;
  /** Computed on demand; absent until then. */
  readonly hashes?: FieldHashes | undefined;
  readonly source: ModelSource | null;
  /**
   * Where the file is, from the model's folder, where that is not its name: of a model outside the library, and of weights
   * that another model has on a drive without links.
   */
  readonly at?: string | undefined;
  /** Of a model outside the library: what the file was when it was hashed. */
  readonly stamp?: FileStamp | undefined;
}

/** What tells, without reading it, that a file was not changed. */
export interface FileStamp {
  /** Milliseconds since 1970, with a fraction. */
  readonly mtimeMs: number;
  /** Drive and file on it, as decimal text: they mean something on one machine only. */
  readonly device: string;
  readonly inode: string;
}

/** Where the files of a model are that was adopted outside the library. */
export interface ExternalPlace {
  readonly kind: 'external';
  /** The volume that `path` is relative to; null for an absolute path. */
  readonly volumeId: string | null;
  /** The model's folder, `/` between segments. Below a volume's drive it may begin with `..`. */
  readonly path: string;
  /** Names of files that were not there when their folder was looked at last. */
  readonly missing: readonly string[];
}

/** A model of the library's own. */
export interface LibraryPlace {
  readonly kind: 'library';
  /** The volume that it is on; absent on the first one. */
  readonly volumeId?: string | undefined;
}

/** Where the files of a model are. */
export type ModelPlace = LibraryPlace | ExternalPlace;

/** Another model of the library that this one goes with. */
export interface ModelCompanion {
  readonly role: OpenWord<'mmproj' | 'vae' | 'text-encoder'>;
  readonly id: string;
}

/** A model as the library answers it: the effective value of each field. Plain data. */
export interface ModelRecord {
  /** UUIDv7, stable. */
  readonly id: string;
  /** The model's folder below the volume, chosen once: `diffusion/flux1/flux1-dev`. `external/<id>` for one outside of it. */
  readonly slug: string;
  readonly place: ModelPlace;
  /** The name it had where it came from first. */
  readonly officialName: string;
  readonly cleanedName: string;
  /** The name people know it by, where a source or a person tells one. */
  readonly name: string | null;
  readonly type: ModelType;
  readonly family: string | null;
  readonly baseModel: string | null;
  readonly format: ModelFormat;
  readonly variant: string | null;
  readonly precision: string | null;
  readonly quantisation: string | null;
  readonly parameterCount: number | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly triggerWords: readonly string[];
  readonly licence: string | null;
  /** What a scan says about loading it, where its format may run code (pickle); null where the format holds data only. */
  readonly safety: LoadSafety | null;
  readonly sizeBytes: number;
  readonly files: readonly ModelFile[];
  readonly sources: readonly ModelSource[];
  /** Ties the models of one repo and commit. */
  readonly sourceGroup: string | null;
  /** Ties quantisations and precisions of one model. */
  readonly variantOf: string | null;
  readonly companions: readonly ModelCompanion[];
  /** Names that the set should have, where its source says so. */
  readonly expectedFiles: readonly string[];
  /** Whether every expected file is here. */
  readonly complete: boolean;
  /** The id of the version that this one takes the place of. It stays when that one is gone. */
  readonly supersedes?: string | undefined;
  /** What links of apps to this version do when there is a newer one: `pinned` stays with it. @default 'latest' */
  readonly follow?: 'pinned' | undefined;
  /** Whether a person wants its bytes to stay whatever room is needed. @default false */
  readonly pinned?: true | undefined;
  /** When its files were given up to make room: what it is stays known, and it can be fetched again. ISO 8601. */
  readonly evictedAt?: string | undefined;
  /** What a person says about its places in apps; absent where nobody says anything. */
  readonly mapping?: ModelMapping | undefined;
  /** Which layer each effective fact came from. */
  readonly origins: Readonly<Partial<Record<keyof ModelFacts, FactLayer>>>;
  /** What the sources tell of the model on Civitai; absent where none tells anything. */
  readonly civitai?: CivitaiDetails | undefined;
  /** Ids of models that were found to be this one: it answers to them; absent where there are none. */
  readonly formerIds?: readonly string[] | undefined;
  /** Paths that other systems know the model's weights by; absent where there are none. */
  readonly aliases?: readonly string[] | undefined;
  /** Name of the file that shows it, by the conventions of apps; absent where there is none. */
  readonly preview?: string | undefined;
  /** When an app has said that it used the model; absent where none has. */
  readonly lastUsedAt?: string | undefined;
  /** Grows with each change of the metadata. */
  readonly revision: number;
  /** ISO 8601. */
  readonly importedAt: string;
  readonly updatedAt: string;
}
