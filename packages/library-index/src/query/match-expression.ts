import type { Parameters } from './parameters.ts';
import type { ParsedQuery, Spelling } from './parse-query.ts';

/** @internal Expressions of FTS5, as SQL that gives them. */
export interface MatchExpressions {
  /** The terms begin words of what a table has: names, labels and files in `search`, names in `name_search`. */
  readonly everywhere: string;
  /** The same, but for terms that so many words begin with that their lists would have to be put together first; or null. */
  readonly quick: string;
  /**
   * The same, but terms that so many words begin with are taken for their first letters, which have a list of their own: more is
   * found than is meant.
   */
  readonly loose: () => string;
  /** For `texts`: the words are words of anything; one that stands alone begins one. */
  readonly texts: string;
}

/** Beginnings up to this length have lists of their own in the full-text index. */
const INDEXED_BEGINNING = 3;
/** So many words with one beginning are named one by one. */
const MOST_NAMED = 32;

/**
 * @internal Every text is a quoted string: nothing in a query is an operator of FTS5.
 *
 * FTS5 puts the lists of all words with one beginning together before it gives the first match, however rare the other terms
 * are. So where few words begin like that, they are named: those lists are walked side by side.
 */
export function matchExpressions(
  { terms, words }: ParsedQuery,
  filterWords: readonly (readonly string[])[],
  parameters: Parameters,
): MatchExpressions {
  const filters = filterWords.map((group) => ` AND (${group.map(quote).join(' OR ')})`).join('');
  const group = (spellings: readonly Spelling[], otherwise: Otherwise): string =>
    `'(' || ${spellings.map((spelling) => spellingSql(spelling, parameters, otherwise)).join(" || ' OR ' || ")} || ')'`;
  const all = (otherwise: Otherwise): string =>
    `'(' || ${terms.map((spellings) => group(spellings, otherwise)).join(" || ' AND ' || ")} || ')' || ${parameters.add(filters)}`;
  const quick = terms.map((spellings) => `coalesce(' AND ' || ${group(spellings, 'none')}, '')`).join(' || ');
  const [first = ''] = words;
  const isBeginning = words.length === 1 && first.length >= INDEXED_BEGINNING;
  const texts = isBeginning
    ? spellingSql({ words, isBeginning }, parameters, 'all')
    : parameters.add(words.map(quote).join(' AND '));
  // Each part begins with an AND: the first one goes.
  const quickly = `nullif(substr(${quick} || ${parameters.add(filters)}, 6), '')`;
  return { everywhere: all('all'), loose: () => all('loose'), quick: quickly, texts };
}

/** @internal The expression that the filters alone make, or null where none of them has a word. */
export function filterExpression(filterWords: readonly (readonly string[])[]): string | null {
  if (filterWords.length === 0) return null;
  return filterWords.map((group) => `(${group.map(quote).join(' OR ')})`).join(' AND ');
}

/** @internal Whether so many words may begin with a term that {@link MatchExpressions.loose} is another expression. */
export function mayBeLoose({ terms }: ParsedQuery): boolean {
  return terms.flat().some(({ words, isBeginning }) => isBeginning && (words.at(-1) ?? '').length > INDEXED_BEGINNING);
}

/** What is given where too many words begin so; `none` is null for the whole expression that it is in. */
type Otherwise = 'all' | 'none' | 'loose';

function spellingSql({ words, isBeginning }: Spelling, parameters: Parameters, otherwise: Otherwise): string {
  const phrase = quote(words.join(' '));
  if (!isBeginning) return parameters.add(phrase);
  const begins = parameters.add(`${phrase} *`);
  const last = words.at(-1) ?? '';
  if (last.length <= INDEXED_BEGINNING) return begins;
  const from = parameters.add(last);
  const head = parameters.add(
    `"${words
      .slice(0, -1)
      .map((word) => `${word} `)
      .join('')}`,
  );
  const looseText = `${quote([...words.slice(0, -1), Array.from(last).slice(0, INDEXED_BEGINNING).join('')].join(' '))} *`;
  const many = { all: () => begins, none: () => 'null', loose: () => parameters.add(looseText) }[otherwise]();
  return `(select case count(*) when ${MOST_NAMED + 1} then ${many} when 0 then ${begins}
  else group_concat(${head} || word || '"', ' OR ') end from (
  select word from words where word >= ${from} and word < ${from} || char(1114111) limit ${MOST_NAMED + 1}
))`;
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
