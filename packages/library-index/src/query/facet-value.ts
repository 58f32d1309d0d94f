import type { FacetField } from '@modelkeep/core';

/** A value of a field, and how many models have it. */
export interface FacetValue {
  readonly value: string;
  readonly models: number;
}

/** @internal How many models match, and how many have which value. */
export interface FieldCounts {
  readonly fields: ReadonlyMap<FacetField, readonly FacetValue[]>;
  readonly models: number;
  readonly approximate: boolean;
}
