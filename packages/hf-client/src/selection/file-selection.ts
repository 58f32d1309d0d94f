import type { WeightsFormat } from '@modelkeep/core';

/** A file of a tree, as far as choosing needs it. */
export interface SelectableFile {
  /** As the repo has it, `/` between segments. */
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Which files of a repo are wanted.
 *
 * `path`, `include` and `exclude` say it file by file: what they take is taken and nothing else. The other fields say it
 * by what the weights are: then weights are taken in whole sets, one of several twins, with the small files that an app
 * needs to load them. Both together: the globs bound what the other fields choose from, and a set of shards counts as
 * taken when one of its files is.
 */
export interface FileSelection {
  /** A file, or a folder with all that is below it. @default the whole repo */
  readonly path?: string | null | undefined;
  /** Globs; a file has to match one. A glob without `/` matches base names at any depth. @default all but hidden files */
  readonly include?: readonly string[] | undefined;
  /** Globs; a file must match none. @default none */
  readonly exclude?: readonly string[] | undefined;
  /**
   * Formats of the weights, the preferred one first; each part is taken in the first one that it has. @default the
   * first of safetensors, gguf, pickle that a part has; converted ones (onnx, openvino, flax, …) where there is nothing else
   */
  readonly format?: WeightsFormat | readonly WeightsFormat[] | undefined;
  /**
   * Quantisations of GGUF weights, the preferred one first; in any case, `Q4_K_XL` also means `UD-Q4_K_XL` and `Q4_K`
   * also `Q4_K_M` where there is none of the name itself.
   */
  readonly quantisation?: string | readonly string[] | undefined;
  /**
   * Precisions of other weights, the preferred one first; `fp8` also means `fp8_e4m3fn`, `fp8_scaled`, … where there is
   * none of the name itself, and `unlabelled` those whose names tell none. A part of a diffusers pipeline that does not
   * have the precision that other parts have is taken as it is. Together with `quantisation`, either may fit.
   */
  readonly precision?: string | readonly string[] | undefined;
  /** Parts of a pipeline, or kinds of models: `unet`, `text_encoder_2`, `vae`, `diffusion_models`, `mmproj`. All that fit. */
  readonly component?: string | readonly string[] | undefined;
  /** `ema`, `non_ema`, `pruned`. @default the weights without such a mark, where there are some */
  readonly variant?: string | undefined;
  /**
   * Whether configs, tokenizers, shard indexes, licence, read-me, sidecars and the projector of a GGUF model come with the
   * weights that the fields above choose. @default true
   */
  readonly companions?: boolean | undefined;
}

/** Why a file is not selected. */
export type LeftReason =
  /** A hidden file, which only a glob that names it takes. */
  | 'hidden'
  /** Not in the folder, or not the file, that was named. */
  | 'outside-path'
  /** No glob of `include` matches it. */
  | 'not-included'
  /** A glob of `exclude` matches it. */
  | 'excluded'
  | 'other-component'
  | 'other-format'
  | 'other-quantisation'
  | 'other-precision'
  | 'other-variant'
  /** The same weights are selected in another format or layout. */
  | 'duplicate'
  /** A set of shards of which some are missing. */
  | 'incomplete'
  /** What a training run left behind. */
  | 'training-state'
  /** No part of what was selected. */
  | 'not-needed';

/** A file that is not selected. */
export interface LeftFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly reason: LeftReason;
}

/** Weights that a repo offers in one format and one quantisation or precision. */
export interface WeightsVariant {
  /** For people: `Q4_K_M`, `fp16`, `safetensors` where the names tell no precision, `onnx fp16`, `fp16 non_ema`. */
  readonly label: string;
  readonly format: WeightsFormat;
  readonly quantisation: string | null;
  readonly precision: string | null;
  readonly variant: string | null;
  /** Of the weights alone, without their companions. */
  readonly sizeBytes: number;
  /** Paths of the weights. */
  readonly files: readonly string[];
  /** What selects it. */
  readonly selection: FileSelection;
}

/** What a selection takes of a repo, and what it leaves and why. */
export interface SelectedFiles<F extends SelectableFile> {
  /** In the order in which they were given. */
  readonly files: readonly F[];
  /** Of these files. */
  readonly bytesTotal: number;
  readonly left: readonly LeftFile[];
  /** What else could have been chosen within the path, the globs and the component; the smallest first. */
  readonly variants: readonly WeightsVariant[];
}
