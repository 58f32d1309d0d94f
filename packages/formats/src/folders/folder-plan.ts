/** A file of a folder. */
export interface FolderFile {
  /** Below the folder, `/` between segments. */
  readonly path: string;
  readonly sizeBytes: number;
}

/** Weights that are loaded together: one file, or the shards of one model. */
export interface PlannedWeights {
  /** Those that are here. */
  readonly paths: readonly string[];
  readonly sizeBytes: number;
  /** Shards that are not here. */
  readonly missing: readonly string[];
}

/** A part of a folder, before its weights were looked at. */
export interface PlannedPart {
  /** Its folder; `''` for a folder that is one model. */
  readonly name: string;
  readonly library: string | null;
  readonly className: string | null;
  readonly files: readonly FolderFile[];
  /** Those that can be loaded first, and of these the ones that tell most. */
  readonly weights: readonly PlannedWeights[];
  /** Small files that are not here, and the weights where there are none. */
  readonly missing: readonly string[];
  /** A pipeline does without it. */
  readonly isOptional: boolean;
}

/** Which files of a folder are what. Plain data. */
export interface FolderPlan {
  /** `pipeline`: parts in folders, as a model_index.json says. `model`: one model. */
  readonly kind: 'pipeline' | 'model';
  readonly library: string | null;
  readonly className: string | null;
  readonly version: string | null;
  readonly parts: readonly PlannedPart[];
  /** Python files beside the weights, which a loader may be told to run. */
  readonly code: readonly string[];
}

/** Where a folder is read from. */
export interface FolderReader {
  /** Named in messages. */
  readonly path: string;
  /**
   * The files below a folder of it, and below that; `''` has the files of the folder itself only.
   *
   * @returns none where there is no such folder
   */
  list(part: string): Promise<readonly FolderFile[]>;
  read(file: FolderFile): Promise<Uint8Array>;
}
