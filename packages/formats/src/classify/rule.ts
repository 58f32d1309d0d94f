import type { ModelType } from '@modelkeep/core';

/** Names of tensors, as they are or with `#` for any number: `blocks.#.attn.to_q.weight`. */
export type Names = string | readonly string[];

/** Something that must hold of the tensors. Each can be said in words, as evidence. */
export type Condition =
  /** One of these tensors is there. */
  | { readonly has: Names }
  /** None of these tensors is there. */
  | { readonly lacks: Names }
  /** Some name begins so (`#` for any number). */
  | { readonly below: Names }
  /** No name begins so. */
  | { readonly nothingBelow: Names }
  /** Some name, with `#` for its numbers, fits. */
  | { readonly matches: RegExp }
  /** No name, with `#` for its numbers, fits. */
  | { readonly lacksMatch: RegExp }
  /** Nothing but names that, with `#` for their numbers, fit. */
  | { readonly only: RegExp }
  /** A dimension of one of these tensors, or of any whose name with `#` fits. */
  | { readonly tensor: Names | RegExp; readonly axis: number; readonly is: number | readonly number[] }
  /** The number of dimensions of a tensor. */
  | { readonly tensor: Names; readonly rank: number }
  /** The largest number after this word in any name. */
  | { readonly highest: string; readonly atLeast?: number; readonly atMost?: number }
  /** The file is small. */
  | { readonly atMostTensors: number };

/** How the names of a state dict are written: by whose code, or which trainer. */
export type Layout =
  | 'ai-toolkit'
  | 'bfl'
  | 'comfyui'
  | 'diffusers'
  | 'kohya'
  | 'ldm'
  | 'onetrainer'
  | 'open-clip'
  | 'peft'
  | 'single-file'
  | 'transformers'
  | 'xlabs';

/** What a rule concludes. */
export interface Conclusion {
  readonly type: ModelType;
  /** Null where several families share these tensors. */
  readonly family: string | null;
  readonly baseModel?: string | null;
  readonly variant?: string | null;
  readonly layout?: Layout | null;
}

/** A detail that a rule adds where it holds. */
export interface Refinement {
  readonly when: readonly Condition[];
  readonly facts: Partial<Conclusion>;
  /** Said in the evidence. */
  readonly note?: string;
  /** Where it makes the rule less sure. */
  readonly confidence?: number;
}

/** One architecture or kind of model. Rules are tried in the table's order; the first whose conditions all hold decides. */
export interface Rule {
  readonly id: string;
  readonly when: readonly Condition[];
  readonly facts: Conclusion;
  /** In each group the first that holds counts. */
  readonly refine?: readonly (readonly Refinement[])[];
  /** Said in the evidence, such as what else has the same tensors. */
  readonly note?: string;
  /** How sure type and family are, 0 to 1. @default 0.95 */
  readonly confidence?: number;
}
