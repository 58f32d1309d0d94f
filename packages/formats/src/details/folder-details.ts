import type { ModelFormat, ModelType } from '@modelkeep/core';
import type { FolderFile } from '../folders/folder-plan.ts';

/** Weights of a part that are loaded together: one file, or the shards of one model. */
export interface FolderWeights {
  /** Those that are here. */
  readonly paths: readonly string[];
  readonly sizeBytes: number;
  readonly format: ModelFormat;
  readonly type: ModelType;
  readonly family: string | null;
  readonly precision: string | null;
  readonly quantisation: string | null;
  /** Null where the tensors were not read. */
  readonly parameterCount: number | null;
  /** Shards that are not here. */
  readonly missing: readonly string[];
  /** Why they cannot be loaded: they break the rules of their format. Null where nothing is known against it. */
  readonly problem: string | null;
}

/** A part of a folder. */
export interface FolderPart {
  /** Its folder; `''` for a folder that is one model. */
  readonly name: string;
  /** As the description says: `diffusers`, `transformers`. */
  readonly library: string | null;
  readonly className: string | null;
  readonly files: readonly FolderFile[];
  readonly sizeBytes: number;
  /** The ones that are loaded first; the others are the same in another format or precision. */
  readonly weights: readonly FolderWeights[];
  /** Of the first of the weights; null for a part without. */
  readonly precision: string | null;
  readonly isComplete: boolean;
  /** Paths below the folder. */
  readonly missing: readonly string[];
}

/** What a folder of files tells: a pipeline in parts, or one model. */
export interface FolderDetails {
  readonly format: 'folder';
  /** `pipeline`: parts in folders, as a model_index.json says. `model`: one model with its small files. */
  readonly kind: 'pipeline' | 'model';
  readonly library: string | null;
  /** `FluxPipeline`, `LlamaForCausalLM`; as the description says, which is of a stranger. */
  readonly className: string | null;
  /** Of the library that wrote the description. */
  readonly version: string | null;
  readonly parts: readonly FolderPart[];
  readonly sizeBytes: number;
  readonly isComplete: boolean;
  /** Files that are not here, at most 1,000. */
  readonly missing: readonly string[];
  /** Python files that a loader may be told to run. */
  readonly code: readonly string[];
  /** Other weights of its parts that were not looked at, as from afar: what they are is not known, nor what they run. */
  readonly unread: readonly string[];
}
