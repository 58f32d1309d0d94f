import type { ModelRecord } from '@modelkeep/core';
import { joinedOf, spellingsOf, withoutTags, wordsOf } from './words.ts';

/** Longest text that one column takes into the full-text index, in characters. */
const LONGEST_TEXT = 20_000;

/** @internal What the full-text index holds of a model: one text of folded words per column. */
export interface SearchText {
  /** The official name, which models are sorted by. */
  readonly sortName: string;
  /** The same as one word. */
  readonly joinedName: string;
  readonly names: string;
  /** Tags, trigger words, type, family, base model, precision, licence, repos: what a model is called by others. */
  readonly labels: string;
  readonly files: string;
  /** Every word of all these and of the description, once. */
  readonly words: string;
}

/** @internal */
export function searchTextOf(record: ModelRecord): SearchText {
  const nameWords = wordsOf(record.officialName.slice(0, LONGEST_TEXT));
  const names = collect([nameWords, ...otherNames(record).map(cutWords)].map((words) => spellingsOf(words)));
  const labels = labelsOf(record).flatMap((text) => (text === null ? [] : [spellingsOf(cutWords(text), joinedOf)]));
  const repos = record.sources.flatMap(({ repo }) => (repo === null ? [] : [spellingsOf(cutWords(repo))]));
  const labelText = collect([...labels, ...repos]);
  const files = collect(fileNames(record).map((name) => [wordsOf(name).join(' ')]));
  const description = wordsOf(withoutTags((record.description ?? '').slice(0, LONGEST_TEXT)));
  const words = new Set(names.split(' '));
  for (const text of [labelText, files]) for (const word of text.split(' ')) words.add(word);
  for (const word of description) words.add(word);
  words.delete('');
  return {
    sortName: nameWords.join(' '),
    joinedName: nameWords.join(''),
    names,
    labels: labelText,
    files,
    words: [...words].join(' '),
  };
}

function otherNames({ officialName, cleanedName, name }: ModelRecord): string[] {
  return [cleanedName, name].filter((text) => text !== null && text !== officialName) as string[];
}

function labelsOf(record: ModelRecord): (string | null)[] {
  const { type, family, baseModel, variant, precision, quantisation, format, licence, tags, triggerWords } = record;
  return [type, family, baseModel, variant, precision, quantisation, format, licence, ...tags, ...triggerWords];
}

function fileNames({ files }: ModelRecord): string[] {
  const names = new Set<string>();
  for (const { officialName, name } of files) {
    names.add(officialName);
    names.add(name);
  }
  return [...names];
}

function cutWords(text: string): string[] {
  return wordsOf(text.slice(0, LONGEST_TEXT));
}

/** Each spelling once, and no more than a column takes. */
function collect(spellings: Iterable<readonly string[]>): string {
  const texts = new Set<string>();
  for (const group of spellings) for (const text of group) texts.add(text);
  texts.delete('');
  return [...texts].join(' ').slice(0, LONGEST_TEXT);
}
