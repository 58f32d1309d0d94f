import { ModelkeepError } from '@modelkeep/core';
import { splitAtDigits, wordsOf } from '../text/words.ts';

const MOST_CHARACTERS = 1_000;
const MOST_TERMS = 16;
const MOST_WORDS = 8;
const LONGEST_WORD = 100;

/** @internal One way to write a term: words, of which the last one may go on. */
export interface Spelling {
  readonly words: readonly string[];
  /** Whether the last word may be the beginning of one. */
  readonly isBeginning: boolean;
}

/** @internal A query as it is understood: there are no operators, everything is plain text. */
export interface ParsedQuery {
  /** Each term has to be found, in any of its spellings. */
  readonly terms: readonly (readonly Spelling[])[];
  /** All words in their order. */
  readonly words: readonly string[];
}

/**
 * @internal Spaces separate terms. What lies beyond 1,000 characters, 16 terms or 8 words of a term is not looked at.
 *
 * @throws `core.invalid-argument` when the query is no text
 */
export function parseQuery(query: string): ParsedQuery {
  if (typeof query !== 'string') {
    throw new ModelkeepError('core.invalid-argument', {
      message: 'a query is a text',
      facts: { argument: 'query', found: query },
    });
  }
  const words = query
    .slice(0, MOST_CHARACTERS)
    .split(/\s+/u)
    .map((term) => wordsOf(term).map((word) => word.slice(0, LONGEST_WORD)))
    .filter((term) => term.length > 0)
    .slice(0, MOST_TERMS)
    .map((term) => term.slice(0, MOST_WORDS));
  return { terms: words.map(termSpellings), words: words.flat() };
}

/** A single word is looked up as it is: names are indexed in all their spellings. */
function termSpellings(words: readonly string[]): Spelling[] {
  const spellings = words.length === 1 ? [words] : [words, splitAtDigits(words), [words.join('')]];
  const different = new Map(spellings.map((spelling) => [spelling.join(' '), spelling]));
  return [...different.values()].map((spelling) => ({ words: spelling, isBeginning: true }));
}
