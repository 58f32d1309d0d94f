import type { ModelType } from '@modelkeep/core';

/** Something that must hold of the tensors. Each can be said in words, as evidence. */
export type Condition =
  /** One of these tensors is there. */
  | { readonly has: string | readonly string[] }
  /** None of these tensors is there. */
  | { readonly lacks: string | readonly string[] }
  /** Some name fits. */
  | { readonly matches: RegExp }
  /** No name fits. */
  | { readonly lacksMatch: RegExp }
  /** A dimension of a tensor, or of any whose name fits. */
  | { readonly tensor: string | RegExp; readonly axis: number; readonly is: number | readonly number[] }
  /** The number of dimensions of a tensor. */
  | { readonly tensor: string; readonly rank: number }
  /** The file is small. */
  | { readonly atMostTensors: number };

/** What a rule concludes. */
export interface Conclusion {
  readonly type: ModelType;
  /** Null where several families share these tensors. */
  readonly family: string | null;
  readonly baseModel?: string | null;
  readonly variant?: string | null;
}

/** A detail that a rule adds where it holds. */
export interface Refinement {
  readonly when: readonly Condition[];
  readonly facts: Partial<Omit<Conclusion, 'type'>>;
  /** Said in the evidence. */
  readonly note?: string;
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
