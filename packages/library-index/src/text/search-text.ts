import type { ModelRecord } from '@modelkeep/core';
import { spellingsOf, withoutTags, wordsOf } from './words.ts';

/** Longest text that one column takes into the full-text index, in characters. */
const LONGEST_TEXT = 20_000;

/** @internal What the full-text index holds of a model: one text of folded words per column. */
export interface SearchText {
  /** The official name, which models are sorted by. */
  readonly sortName: string;
  readonly names: string;
  /** Tags, trigger words, type, family, base model, precision, licence, repos: what a model is called by others. */
  readonly labels: string;
  readonly files: string;
  /** Every word of all these and of the description, once. */
  readonly words: string;
}

/** @internal */
export function searchTextOf(record: ModelRecord): SearchText {
  const labels = [
    record.type,
    record.family,
    record.baseModel,
    record.variant,
    record.precision,
    record.quantisation,
    record.format,
    record.licence,
    ...record.tags,
    ...record.triggerWords,
    ...record.sources.map(({ repo }) => repo),
  ];
  const names = joinSpellings([record.officialName, record.cleanedName, record.name]);
  const labelText = joinSpellings(labels);
  const files = joinWords(record.files.flatMap(({ officialName, name }) => [officialName, name]));
  const description = joinWords([withoutTags((record.description ?? '').slice(0, LONGEST_TEXT))]);
  return {
    sortName: wordsOf(record.officialName).join(' '),
    names,
    labels: labelText,
    files,
    words: [...new Set(`${names} ${labelText} ${files} ${description}`.split(' '))].join(' '),
  };
}

function joinSpellings(texts: readonly (string | null)[]): string {
  const spellings = texts.flatMap((text) => (text === null ? [] : spellingsOf(wordsOf(text.slice(0, LONGEST_TEXT)))));
  return cut([...new Set(spellings)].join(' '));
}

function joinWords(texts: readonly string[]): string {
  return cut([...new Set(texts.map((text) => wordsOf(text).join(' ')))].join(' '));
}

function cut(text: string): string {
  return text.slice(0, LONGEST_TEXT);
}
