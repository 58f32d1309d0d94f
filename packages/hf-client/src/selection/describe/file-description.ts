import type { FileRole, WeightsFormat } from '@modelkeep/core';

/** Where a file stands in a set of files that is of use only when it is whole. */
export interface ShardPosition {
  /** The name that the files of the set have in common, with the extension and without a folder. */
  readonly stem: string;
  /** Counted from 1; some makers count from 0. */
  readonly index: number;
  /** How many there are; null where the names do not tell (`consolidated.00.pth`, `x.gguf-split-a`). */
  readonly count: number | null;
  /** `shard`: a part that apps read as it is. `piece`: bytes cut off one file, to be joined before any app reads them. */
  readonly kind: 'shard' | 'piece';
}

/**
 * What the name of a file promises. It serves to choose before a download; what the bytes are is told by their
 * identification. Null where the name does not tell.
 */
export interface FileDescription {
  readonly path: string;
  /** What the library takes it for: weights that no app of this library loads (`.msgpack`, `.h5`) are `other`. */
  readonly role: FileRole;
  /** Null for a file without weights. */
  readonly format: WeightsFormat | null;
  /** Of a GGUF file, in upper case: `Q4_K_M`, `IQ2_XXS`, `UD-Q4_K_XL`, `F16`, `BF16`, … */
  readonly quantisation: string | null;
  /** Of other weights: `fp32`, `fp16`, `bf16`, `fp8_e4m3fn`, `fp8_scaled`, `nf4`, `int8`, `nvfp4`, … */
  readonly precision: string | null;
  /** `ema`, `non_ema`, `pruned` or `inpainting`. */
  readonly variant: string | null;
  /**
   * The part of a pipeline or the kind of model that the folder is named for: `unet`, `text_encoder_2`, `vae`,
   * `diffusion_models`, `loras`, …; `mmproj` for the projector of a GGUF model, which its file name tells.
   */
  readonly component: string | null;
  readonly shard: ShardPosition | null;
}
