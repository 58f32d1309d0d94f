import type { ModelFacts, ModelFormat } from '@modelkeep/core';
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
  /** How sure type and family of `scan` are: 0 for an unknown model, lower where families share these tensors. */
  readonly confidence: number;
  /** Why, in words for people. */
  readonly evidence: readonly string[];
  /** Null for formats whose tensors are not read. */
  readonly tensorCount: number | null;
  readonly parameterCount: number | null;
}
