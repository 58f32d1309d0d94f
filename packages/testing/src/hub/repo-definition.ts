/** The three kinds of repo a hub holds. */
export type RepoType = 'model' | 'dataset' | 'space';

/** What a gated repo asks for: nothing, an instant agreement, or the owner's approval. */
export type Gate = false | 'auto' | 'manual';

/** Where a file lives: in git (hashed as a git blob) or in LFS (hashed with SHA-256, served by the CDN). */
export type StorageKind = 'git' | 'lfs';

/** Content that is made when it is read, so that a file of many gigabytes costs no memory. */
export interface LazyContent {
  readonly sizeBytes: number;
  /** Exactly `lengthBytes` bytes from `offsetBytes`; the same call always gives the same bytes. */
  read(offsetBytes: number, lengthBytes: number): Uint8Array | Promise<Uint8Array>;
}

/** Content that stays in a file on disk; it must not change while the hub runs. */
export interface FileContent {
  readonly fromFile: string;
}

/** The bytes of a file, in one of three forms. */
export type RepoContent = Uint8Array | LazyContent | FileContent;

/** One file of a repo. */
export interface RepoFile {
  /** The path inside the repo, separated by `/`. Not checked: hostile names are wanted in tests. */
  readonly path: string;
  readonly content: RepoContent;
  /** @default 'lfs' for 10,000 bytes and more or for the extensions of binary formats, else 'git' */
  readonly storage?: StorageKind;
  /**
   * The hash that is told of a file in LFS, so that many gigabytes need not be read for it; whether it is true is up to
   * the definition. @default computed
   */
  readonly sha256?: string;
}

/** A repo as plain data: what the hub serves and what the builders make. */
export interface RepoDefinition {
  /** `org/name`, or one segment such as `gpt2`. */
  readonly id: string;
  /** @default 'model' */
  readonly type?: RepoType;
  readonly files: readonly RepoFile[];
  /** @default false */
  readonly gated?: Gate;
  /** Tokens that may read a gated repo. @default none */
  readonly grantedTokens?: readonly string[];
  /** Only tokens of `grantedTokens` see the repo at all. @default false */
  readonly private?: boolean;
  /** `true`, or the message that the hub gives for a repo that was taken down. @default false */
  readonly disabled?: boolean | string;
  readonly tags?: readonly string[];
  /** The licence identifier, for example `apache-2.0`; also becomes the tag `license:…`. */
  readonly licence?: string;
  readonly pipelineTag?: string;
  readonly libraryName?: string;
  /** Base models; each becomes a tag `base_model:…`. */
  readonly baseModels?: readonly string[];
  /** Further fields of the model card's front matter. */
  readonly cardData?: Readonly<Record<string, unknown>>;
  readonly description?: string;
  /** Apps that can run it, for the filter `apps=`. */
  readonly apps?: readonly string[];
  /** For the filter `num_parameters=`, and told as `safetensors.total`. */
  readonly parameterCount?: number;
  /** What a space runs with, for example `gradio`. */
  readonly sdk?: string;
  /** @default 0 */
  readonly downloads?: number;
  /** @default 0 */
  readonly likes?: number;
  /** @default 0 */
  readonly trendingScore?: number;
  /** ISO 8601. @default '2026-01-01T00:00:00.000Z' */
  readonly createdAt?: string;
  /** ISO 8601, the date of the first commit. @default the value of `createdAt` */
  readonly lastModified?: string;
  /** Former ids; a request for one is redirected to this repo. */
  readonly formerIds?: readonly string[];
  /** Names of branches beside `main`; each starts at the first commit. */
  readonly branches?: readonly string[];
  /** Names of git tags; each points at the first commit. */
  readonly gitTags?: readonly string[];
  /** Names under `refs/` that are served with it, for example `refs/pr/1`; each starts at the first commit. */
  readonly refs?: readonly string[];
}
