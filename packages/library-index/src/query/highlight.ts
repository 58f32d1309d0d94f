import type { ModelRecord } from '@modelkeep/core';
import { foldText, type FoldedText } from '../text/fold-text.ts';
import type { Spelling } from './parse-query.ts';

/** A stretch of a text, in UTF-16 units: what `text.slice(start, end)` takes. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Texts of a model that a search looks into. */
export type HighlightField =
  | 'officialName'
  | 'name'
  | 'tags'
  | 'triggerWords'
  | 'description'
  | 'family'
  | 'baseModel'
  | 'type'
  | 'precision'
  | 'quantisation'
  | 'licence'
  | 'repos'
  | 'files';

/** Where a query is in one text of a model: plain data, for any way to show it. */
export interface Highlight {
  readonly field: HighlightField;
  /** Which one, of a field that is a list; the `repo` of that source, the `name` of that file. */
  readonly place: number | null;
  /** In their order, without overlaps. */
  readonly ranges: readonly TextRange[];
}

const LONGEST_TEXT = 20_000;
const MOST_RANGES = 50;

/** @internal Where the terms are in a model. */
export function highlightRecord(record: ModelRecord, terms: readonly (readonly Spelling[])[]): Highlight[] {
  const wanted = terms.flat().map(({ words }) => words.join(''));
  return textsOf(record).flatMap(({ field, place, text }) => {
    const ranges = rangesOf(text, wanted);
    return ranges.length === 0 ? [] : [{ field, place, ranges }];
  });
}

interface FieldText {
  readonly field: HighlightField;
  readonly place: number | null;
  readonly text: string;
}

function textsOf(record: ModelRecord): FieldText[] {
  const single = [
    'officialName',
    'name',
    'family',
    'baseModel',
    'type',
    'precision',
    'quantisation',
    'licence',
  ] as const;
  const lists: readonly [HighlightField, readonly (string | null)[]][] = [
    ['tags', record.tags],
    ['triggerWords', record.triggerWords],
    ['repos', record.sources.map(({ repo }) => repo)],
    ['files', record.files.map(({ name }) => name)],
  ];
  return [
    ...single.map((field) => ({ field, place: null, text: record[field] ?? '' })),
    ...lists.flatMap(([field, texts]) => texts.map((text, place) => ({ field, place, text: text ?? '' }))),
    { field: 'description', place: null, text: record.description ?? '' },
  ];
}

/** @internal Where words, each written together, begin at the beginning of a word of a text, or of its letters or digits. */
export function rangesOf(text: string, wanted: readonly string[]): TextRange[] {
  const folded = foldText(text.slice(0, LONGEST_TEXT));
  const ranges: TextRange[] = [];
  for (const word of wanted) {
    if (word === '') continue;
    for (let at = folded.text.indexOf(word); at !== -1; at = folded.text.indexOf(word, at + 1)) {
      if (folded.begins[at] === true) ranges.push(rangeOf(folded, at, at + word.length));
      if (ranges.length > MOST_RANGES * 4) break;
    }
  }
  return merged(ranges.toSorted((a, b) => a.start - b.start || b.end - a.end)).slice(0, MOST_RANGES);
}

function rangeOf({ starts, ends }: FoldedText, from: number, to: number): TextRange {
  return { start: starts[from] ?? 0, end: ends[to - 1] ?? 0 };
}

function merged(ranges: readonly TextRange[]): TextRange[] {
  const result: TextRange[] = [];
  for (const range of ranges) {
    const last = result.at(-1);
    if (last === undefined || range.start > last.end) result.push(range);
    else if (range.end > last.end) result[result.length - 1] = { start: last.start, end: range.end };
  }
  return result;
}
