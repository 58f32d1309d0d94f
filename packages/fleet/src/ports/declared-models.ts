import type { ChangeCall, StateCall, Versioned } from './state-call.ts';

/** Which files of the source are wanted, as a plan of a download takes it. Plain data. */
export interface DeclaredSelection {
  /** Globs; a file has to match one. */
  readonly include?: readonly string[] | undefined;
  /** Globs; a file must match none. */
  readonly exclude?: readonly string[] | undefined;
  /** Formats of weights (`safetensors`, `gguf`, …), the preferred one first. */
  readonly format?: readonly string[] | undefined;
  /** Quantisations of GGUF weights, the preferred one first. */
  readonly quantisation?: readonly string[] | undefined;
  /** Precisions of other weights, the preferred one first. */
  readonly precision?: readonly string[] | undefined;
  /** Parts of a pipeline, or kinds of models. */
  readonly component?: readonly string[] | undefined;
  readonly variant?: string | undefined;
  readonly companions?: boolean | undefined;
}

/** A file that a declared model has to have. */
export interface DeclaredFile {
  /** As its source calls it, `/` between segments. */
  readonly path: string;
  /** Null where any size will do. */
  readonly sizeBytes: number | null;
  /** 64 lower-case hex digits; null where any content will do. */
  readonly sha256: string | null;
}

/** What an app says that it needs. */
export interface ModelDeclaration {
  /** What the app calls it: 1 to 512 characters, none of them a control character. */
  readonly key: string;
  /** A reference that a download can be planned from, such as `hf:org/name@revision`. */
  readonly source: string;
  /** For people. @default null */
  readonly description?: string | null | undefined;
  /** The part of the app that needs it, such as `image-generation`. @default null */
  readonly service?: string | null | undefined;
  /** @default what a download takes without one */
  readonly selection?: DeclaredSelection | null | undefined;
  /** Files that have to be there, beside what the source says. @default none */
  readonly files?: readonly DeclaredFile[] | undefined;
}

/** A declared model as it is kept. */
export interface DeclaredModel extends Versioned {
  readonly key: string;
  readonly source: string;
  readonly description: string | null;
  readonly service: string | null;
  readonly selection: DeclaredSelection | null;
  readonly files: readonly DeclaredFile[];
}

/**
 * The models that apps need. A declaration is the same for every library that shares the state: which of them has the
 * model is told by the manifest.
 */
export interface DeclaredModels {
  /**
   * Declares models, or changes what was declared under their keys, all or nothing. What says nothing new changes
   * nothing: neither version nor time.
   *
   * @throws `core.invalid-argument` for a declaration that breaks a rule, or a key that is there twice, and for
   * `ifVersion` with several models; `fleet.conflict`
   */
  declare(models: readonly ModelDeclaration[], call?: ChangeCall): Promise<readonly DeclaredModel[]>;
  get(key: string, call?: StateCall): Promise<DeclaredModel | null>;
  /** By their keys; all of them without any. In the order of the keys' characters (UTF-8). */
  list(options?: StateCall & { readonly keys?: readonly string[] | undefined }): Promise<readonly DeclaredModel[]>;
  /** @returns how many of them were there */
  delete(keys: readonly string[], call?: StateCall): Promise<number>;
}
