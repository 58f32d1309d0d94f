import type { ActiveFilter } from './filters.ts';
import type { ParsedQuery } from './parse-query.ts';

/** @internal The FTS5 expressions of a query. */
export interface MatchExpressions {
  /** For `search`: the terms begin words of names, labels and files. */
  readonly everywhere: string;
  /** For `search`: the terms begin words of names. */
  readonly names: string;
  /** For `texts`: the words are words of anything, and the last one begins one. */
  readonly texts: string;
}

/** @internal Every text is a quoted string: nothing in a query is an operator of FTS5. */
export function matchExpressions({ terms, words }: ParsedQuery, filters: readonly ActiveFilter[]): MatchExpressions {
  const groups = terms.map((spellings) => `(${spellings.map((it) => `${quote(it)} *`).join(' OR ')})`);
  const wanted = `(${groups.join(' AND ')})`;
  const rest = filters.map(({ token }) => ` AND ${quote(token)}`).join('');
  const texts = `(${words.map(quote).join(' AND ')} *)`;
  return { everywhere: wanted + rest, names: `(names : ${wanted})${rest}`, texts: texts + rest };
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
