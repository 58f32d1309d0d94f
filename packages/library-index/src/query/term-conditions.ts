import type { Parameters } from './parameters.ts';
import type { ParsedQuery } from './parse-query.ts';

/** @internal Where terms are looked for in a row of `model_texts`, and whether as whole words. */
export type TermPlace = 'names-whole' | 'names' | 'names-and-labels' | 'labels-and-files';

/** A space before a word is where it begins. Between two texts stands one that no query has. */
const TEXTS: Record<TermPlace, string> = {
  'names-whole': "' ' || names || ' '",
  names: "' ' || names",
  'names-and-labels': "' ' || names || ' | ' || labels",
  'labels-and-files': "' ' || names || ' | ' || labels || ' | ' || files",
};

/** @internal SQL that is true where every term is there, in one of its spellings. */
export function everyTerm({ terms }: ParsedQuery, parameters: Parameters, place: TermPlace): string {
  const end = place === 'names-whole' ? ' ' : '';
  const conditions = terms.map((spellings) => {
    const found = spellings.map(({ words, isBeginning }) => {
      const text = parameters.add(` ${words.join(' ')}${isBeginning ? end : ' '}`);
      return `instr(${isBeginning ? TEXTS[place] : `${TEXTS[place]} || ' '`}, ${text})`;
    });
    return `(${found.join(' or ')})`;
  });
  return conditions.join(' and ');
}
