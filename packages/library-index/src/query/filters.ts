import type { ModelFormat, ModelType, SourceProvider } from '@modelkeep/core';

/** One value, or several of which any will do; none is no filter. */
export type OneOrMore<T> = T | readonly T[];

/** Which models are wanted. Values are compared exactly; what is absent does not matter; all of them have to fit. */
export interface ModelFilters {
  readonly type?: OneOrMore<ModelType> | undefined;
  readonly family?: OneOrMore<string> | undefined;
  readonly baseModel?: OneOrMore<string> | undefined;
  readonly format?: OneOrMore<ModelFormat> | undefined;
  readonly precision?: OneOrMore<string> | undefined;
  readonly quantisation?: OneOrMore<string> | undefined;
  readonly licence?: OneOrMore<string> | undefined;
  /** Of what kind one of its sources is. */
  readonly provider?: OneOrMore<SourceProvider> | undefined;
  /** `org/name` of one of its sources. */
  readonly repo?: OneOrMore<string> | undefined;
  /** All of these. */
  readonly tags?: OneOrMore<string> | undefined;
  /** At least one of these. */
  readonly anyTags?: readonly string[] | undefined;
  /** Whether every file is there that should be. */
  readonly complete?: boolean | undefined;
  readonly minSizeBytes?: number | undefined;
  readonly maxSizeBytes?: number | undefined;
  /** ISO 8601; came into the library then or later. */
  readonly importedFrom?: string | undefined;
  /** ISO 8601; came into the library before. */
  readonly importedBefore?: string | undefined;
  readonly updatedFrom?: string | undefined;
  readonly updatedBefore?: string | undefined;
  /** Only models of these ids: what an app has linked, a selection of a person. At most 100,000. */
  readonly ids?: readonly string[] | undefined;
}

/** @internal Fields of which a model has one value, in a column. */
export const COLUMN_FIELDS = [
  { name: 'type', column: 'type', mark: 't' },
  { name: 'family', column: 'family', mark: 'f' },
  { name: 'baseModel', column: 'base_model', mark: 'b' },
  { name: 'format', column: 'format', mark: 'o' },
  { name: 'precision', column: 'precision', mark: 'p' },
  { name: 'quantisation', column: 'quantisation', mark: 'q' },
  { name: 'licence', column: 'licence', mark: 'l' },
] as const;

/** @internal Fields of which a model has any number of values, in `model_labels`. */
export const LABEL_FIELDS = [
  { name: 'provider', kind: 'provider', mark: 'v' },
  { name: 'repo', kind: 'repo', mark: 'r' },
  { name: 'tags', kind: 'tags', mark: 'g' },
] as const;
export type LabelKind = (typeof LABEL_FIELDS)[number]['kind'];
