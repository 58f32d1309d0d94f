import type { FormatDetails } from '../details/format-details.ts';
import type { LoadSafety, ModelFacts, ModelFormat } from '@modelkeep/core';
import type { TrainingDetails } from '../embedded/training-details.ts';

/** What a model is, by its bytes alone. Plain data. */
export interface Identification {
  readonly format: ModelFormat;
  /** What the tensors say. */
  readonly scan: ModelFacts;
  /** What the header's metadata claims. */
  readonly embedded: ModelFacts;
  /** What the trainer noted in the header; absent where it noted nothing. */
  readonly training?: TrainingDetails | undefined;
  /** Version of the rules that gave `scan`. */
  readonly rulesVersion: number;
  /**
   * How the tensors are named: by which trainer (`kohya`, `ai-toolkit`, `onetrainer`, `peft`, `xlabs`) or whose code
   * (`bfl`, `ldm`, `diffusers`, `transformers`, `open-clip`, `single-file` for other code of a model's own). Null or
   * absent where nobody's way is recognised.
   */
  readonly layout?: string | null;
  /** The kind of an adapter that is no plain LoRA: `locon`, `loha`, `lokr`, `dora`, `glora`, `oft`, `boft`, `ia3`, … */
  readonly adapterKind?: string | null;
  /** How sure type and family of `scan` are: 0 for an unknown model, lower where families share these tensors. */
  readonly confidence: number;
  /** Why, in words for people. */
  readonly evidence: readonly string[];
  /** Null for formats whose tensors are not read. */
  readonly tensorCount: number | null;
  readonly parameterCount: number | null;
  /** What the files tell beside what the model is; null where they were not read. */
  readonly details: FormatDetails | null;
  /**
   * Whether loading it may run code. Null for safetensors, GGUF and ONNX, which hold data only; for anything else a verdict,
   * which may be that nothing was found out.
   */
  readonly safety: LoadSafety | null;
}
