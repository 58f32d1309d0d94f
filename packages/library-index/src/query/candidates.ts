import type { SqlValue } from '@modelkeep/sqlite';
import { matchExpressions, mayBeLoose } from './match-expression.ts';
import { createParameters } from './parameters.ts';
import type { ParsedQuery } from './parse-query.ts';
import type { ReadFilters } from './read-filters.ts';
import { everyTerm, type TermPlace } from './term-conditions.ts';

/** @internal What is looked for, and how far. */
export interface CandidateOptions {
  readonly query: ParsedQuery;
  readonly filters: ReadFilters;
  /** Newer models than this key are not looked at; a text. */
  readonly horizon: string | null;
  /** How many matches are taken: the newest ones. */
  readonly most: number;
  /** What they are for. Where more are counted than `most`, the ones that rank high need not be among them. @default 'rank' */
  readonly purpose?: 'rank' | 'count' | undefined;
}

/** @internal Common table expressions, the last of which is `candidates (key)`. */
export interface Candidates {
  readonly sql: string;
  /** SQL that is 1 where more match than were taken. */
  readonly cut: string;
  readonly parameters: Record<string, SqlValue>;
}

/** Matches that are looked at where filters are checked row by row. */
const MOST_LOOKED_AT = 5_000;
const MOST_NAMES_THAT_BEGIN = 2_000;

/** Nothing would narrow the matches of the only term. */
function isSimple({ terms }: ParsedQuery, { words }: ReadFilters): boolean {
  return terms.length === 1 && words.length === 0;
}

/**
 * @internal The newest matches are taken. As long as there are no more of them than are taken, that is exact. Otherwise the
 * newest ones with the terms in their names are taken with them, and descriptions are left alone. Names that begin with
 * the query, written together, are always there. Whatever matches, no list is read to its end.
 */
export function candidatesSql(options: CandidateOptions): Candidates {
  const { query, filters, horizon, most, purpose = 'rank' } = options;
  const parameters = createParameters();
  const { everywhere, loose, quick, texts } = matchExpressions(query, filters.words, parameters);
  parameters.set({ ...filters.parameters, most, joined: query.words.join('') });
  if (horizon !== null) parameters.set({ horizon });
  const until = horizon === null ? '' : ' and rowid <= cast(:horizon as integer)';
  const untilKey = horizon === null ? '' : ' and models.key <= cast(:horizon as integer)';
  // Once: it looks words up, and makes half of the statement where it is written out in each place.
  const meantSql = `meant as materialized (select ${everywhere} as expression), `;
  const looselySql = (): string => `loosely as materialized (select ${loose()} as expression), `;
  const meant = '(select expression from meant)';
  const wanted = filters.byIds
    ? 'wanted as materialized (select key from models where id in (select value from json_each(:ids))), '
    : '';
  const isWanted = filters.byIds ? ['models.key in (select key from wanted)'] : [];
  const all = [...filters.conditions, ...filters.ranges, ...isWanted].map((condition) => ` and ${condition}`).join('');
  const unchecked = [...filters.ranges, ...isWanted];
  const checked = (name: string, matches: string): string =>
    unchecked.length === 0
      ? `${name} as materialized (${matches} limit :most + 1)`
      : `${name}_seen as materialized (${matches} limit ${MOST_LOOKED_AT}),
${name} as materialized (
  select key from ${name}_seen cross join models using (key) where ${unchecked.join(' and ')} order by key desc limit :most + 1
)`;
  // What else is checked row by row is looked for among more matches than are taken here.
  const isLoose = mayBeLoose(query) && unchecked.length === 0 && !filters.byIds;
  const looseSql = (
    table: 'search' | 'name_search',
    { place, unless }: { readonly place: TermPlace; readonly unless: string },
  ): string => `many_${table} as materialized (select case when ${unless} then '""' else (select expression from loosely) end as expression),
seen_${table} as materialized (
  select rowid as key from ${table}
  where ${table} match case when (select expression from many_${table}) = ${meant} then '""' else (select expression from many_${table}) end${until}
  order by rowid desc limit 2 * :most + 2
), loose_${table} as materialized (
  select key from seen_${table} cross join model_texts using (key) where ${everyTerm(query, parameters, place)}
  order by key desc limit :most + 1
), is_loose_${table} as materialized (
  select (select expression from many_${table}) not in ('""', ${meant})
    and ((select count(*) from loose_${table}) > :most or (select count(*) from seen_${table}) < 2 * :most + 2) as yes
)`;
  const found = filters.byIds
    ? `found as materialized (
  select key from wanted cross join models using (key) cross join model_texts using (key)
  where ${everyTerm(query, parameters, 'labels-and-files')}${all}${untilKey} order by key desc limit :most + 1
)`
    : checked(
        'found',
        isSimple(query, filters) && !isLoose
          ? `select rowid as key from search where search match ${meant}${until} order by rowid desc`
          : 'select key from matches order by key desc',
      );
  const hasNarrow = !isSimple(query, filters);
  const narrow = hasNarrow
    ? `quick as materialized (select ${quick} as expression), narrow as materialized (
  select rowid as key from search
  where search match coalesce((select expression from quick), '""')${until} order by rowid desc limit :most + 1
), is_narrow as materialized (
  select (select expression from quick) is not null and (select count(*) from narrow) <= :most as yes
), `
    : '';
  const whereNarrow = '(select yes from is_narrow)';
  const looseMatches = isLoose
    ? `${looseSql('search', { place: 'labels-and-files', unless: hasNarrow ? whereNarrow : 'false' })}, `
    : '';
  const settled = [...(hasNarrow ? [whereNarrow] : []), ...(isLoose ? ['(select yes from is_loose_search)'] : [])].join(
    ' or ',
  );
  const matches =
    filters.byIds || (!hasNarrow && !isLoose)
      ? ''
      : `${narrow}${looseMatches}matches as materialized (
  ${
    hasNarrow
      ? `select key from narrow cross join model_texts using (key)
  where ${whereNarrow} and ${everyTerm(query, parameters, 'labels-and-files')}
  union all `
      : ''
  }${isLoose ? 'select key from loose_search where (select yes from is_loose_search) union all ' : ''}select key from (
    select rowid as key from search
    where search match case when ${settled} then '""' else ${meant} end${until}
    order by rowid desc limit ${unchecked.length === 0 ? ':most + 1' : MOST_LOOKED_AT}
  )
), `;
  const isBroad = '(select count(*) from found) > :most';
  // Of given models there are never many.
  const isRanked = purpose === 'rank' || filters.byIds;
  const isLooselyNamed = isLoose && isRanked;
  const namedMatches = `select rowid as key from name_search where name_search match case when ${isBroad}${
    isLooselyNamed ? ' and not (select yes from is_loose_name_search)' : ''
  } then ${meant} else '""' end${until} order by rowid desc`;
  const named = isLooselyNamed
    ? `${looseSql('name_search', { place: 'names', unless: `not ${isBroad}` })}, named as materialized (
  select key from loose_name_search where (select yes from is_loose_name_search)
  union all select key from (${namedMatches} limit :most + 1)
)`
    : checked('named', namedMatches);
  const mostThatBegin = isRanked
    ? `${MOST_NAMES_THAT_BEGIN}`
    : `(select case when ${isBroad} then 0 else ${MOST_NAMES_THAT_BEGIN} end)`;
  const sql = `${meantSql}${isLoose ? looselySql() : ''}${wanted}${matches}${found}, told_seen as materialized (
  select rowid as key from texts where texts match case when ${isBroad} then '""' else ${texts} end${until}
  order by rowid desc limit ${MOST_LOOKED_AT}
), told as materialized (
  select key from told_seen cross join models using (key) where true${all} order by key desc limit :most + 1
), ${isRanked ? `${named}, ` : ''}begins_seen as materialized (
  select key from models where joined_name >= :joined and joined_name < :joined || char(1114111)
  order by joined_name, key limit ${mostThatBegin}
), begins as materialized (
  select key from begins_seen cross join models using (key) where true${all}${untilKey} limit :most + 1
), candidates as materialized (
  select key from found union select key from told${isRanked ? ' union select key from named' : ''} union select key from begins
)`;
  const seen = unchecked.length === 0 || filters.byIds ? [] : ['found_seen'];
  const cut = [
    `(select count(*) from found) > :most`,
    `(select count(*) from told) > :most`,
    `(select count(*) from told_seen) >= ${MOST_LOOKED_AT}`,
    `(select count(*) from begins_seen) >= ${MOST_NAMES_THAT_BEGIN}`,
    ...seen.map((name) => `(select count(*) from ${name}) >= ${MOST_LOOKED_AT}`),
  ].join(' or ');
  return { sql, cut: `(${cut})`, parameters: { ...parameters.values } };
}
