import type { ModelRecord } from '@modelkeep/core';
import { COLUMN_FIELDS, LABEL_FIELDS, type LabelKind } from './filters.ts';

/** @internal A label of a model. */
export interface Label {
  readonly kind: LabelKind;
  readonly value: string;
}

/** @internal What a model has any number of, each once. */
export function labelsOf({ tags, sources }: ModelRecord): Label[] {
  const values: Record<LabelKind, Iterable<string>> = {
    provider: new Set(sources.map(({ provider }) => provider)),
    repo: new Set(sources.flatMap(({ repo }) => (repo === null ? [] : [repo]))),
    tags: new Set(tags),
  };
  return LABEL_FIELDS.flatMap(({ kind }) => [...values[kind]].map((value) => ({ kind, value })));
}

/** @internal The words by which the full-text index filters: one for each value of a model. */
export function filterWordsOf(record: ModelRecord, labels: readonly Label[]): string {
  const words: string[] = [];
  for (const { name, mark } of COLUMN_FIELDS) {
    const value = record[name];
    if (value !== null) words.push(filterWord(mark, value));
  }
  if (!record.complete) words.push(incompleteWord);
  for (const { kind, value } of labels) words.push(filterWord(labelMarks[kind], value));
  return words.join(' ');
}

/** @internal Most models are complete: only the others are marked. */
export const incompleteWord = '\uE000i';

const labelMarks: Record<LabelKind, string> = { provider: 'v', repo: 'r', tags: 'g' };

/**
 * @internal One word for FTS5. It starts with a character of private use, which no word of a text or of a query has, and
 * goes on in characters that the tokenizer leaves alone: the value itself, or its bytes as hex.
 */
export function filterWord(mark: string, value: string): string {
  return /^[a-z\d]+$/.test(value) ? `\uE000${mark}${value}` : `\uE001${mark}${Buffer.from(value).toString('hex')}`;
}
