import type { SqliteDatabase } from '@modelkeep/sqlite';
import { SHORTEST_NEAR } from '../write/word-statements.ts';
import { editDistance } from './edit-distance.ts';
import { limitedTo } from './limits.ts';
import type { Parameters } from './parameters.ts';
import type { ParsedQuery } from './parse-query.ts';

/** A word of a query that was taken for others like it. */
export interface NearWord {
  readonly word: string;
  /** The most alike first. */
  readonly takenFor: readonly string[];
}

/** @internal A query with words that are in the index in place of those that are not. */
export interface NearQuery {
  readonly query: ParsedQuery;
  readonly words: readonly NearWord[];
}

/** @internal */
export interface NearQueryOptions {
  /** Whether the query itself does. */
  readonly findsNothing: boolean;
  /** What the statement of the query itself said of {@link alikeSql}. */
  readonly alike?: WordsAlike | undefined;
  readonly signal: AbortSignal | undefined;
}

/** @internal For each term of a query the words of the index that are like its own. */
export type WordsAlike = readonly (readonly string[])[];

const MOST_NEAR = 16;
/** Words that are compared letter by letter. */
const MOST_COMPARED = 400;
/** Far more words than a library has with four letters in common. */
const MOST_WITH_PART = 20_000;
const LONG_WORD = 8;
const MOST_BEGUN = 32;

/**
 * @internal The words of the index that are like those of a query: one letter more, less, other, or two that changed
 * places; in long words two of that; and, where the query itself finds nothing, words that contain it: of a word that is
 * common thousands of others may be made. What only goes on where a word ends is found by the query itself. Null where there
 * are none.
 */
export async function nearQuery(
  database: SqliteDatabase,
  query: ParsedQuery,
  { findsNothing, alike: asked, signal }: NearQueryOptions,
): Promise<NearQuery | null> {
  const alike =
    asked === undefined || findsNothing
      ? await wordsAlike(database, query, { containing: findsNothing, signal })
      : judgedOf(query, asked);
  const taken = query.terms.length === 1 ? alike : await thatMeetTheRest(database, { query, alike, signal });
  const words: NearWord[] = [];
  const terms = query.terms.map((spellings, place): ParsedQuery['terms'][number] => {
    const takenFor = taken[place] ?? [];
    const word = spellings[0]?.words[0] ?? '';
    if (takenFor.length > 0) words.push({ word, takenFor });
    return [...spellings, ...takenFor.map((near) => ({ words: [near], isBeginning: false }))];
  });
  return words.length === 0 ? null : { query: { ...query, terms }, words };
}

interface AlikeOptions {
  /** Whether words that contain one of the query count as well. */
  readonly containing: boolean;
  readonly signal: AbortSignal | undefined;
}

/** The first step of {@link nearQuery}. */
function wordsAlike(database: SqliteDatabase, { terms }: ParsedQuery, options: AlikeOptions): Promise<WordsAlike> {
  return Promise.all(terms.map((term) => wordsLike(database, term, options)));
}

/** The words of the index that are like the one that a term consists of. */
async function wordsLike(
  database: SqliteDatabase,
  spellings: ParsedQuery['terms'][number],
  options: AlikeOptions,
): Promise<readonly string[]> {
  const word = guessable(spellings);
  if (word === null) return [];
  return judged(spellings, word, await nearWords(database, word, options));
}

/** The word of a term, where it consists of one that may be guessed at. */
function guessable([spelling]: ParsedQuery['terms'][number]): string | null {
  const [word = ''] = spelling?.words ?? [];
  return spelling?.words.length !== 1 || word.length < SHORTEST_NEAR ? null : word;
}

/**
 * @internal The first step of {@link nearQuery} for the statement of the query itself: common table expressions, and SQL that
 * gives {@link WordsAlike} as JSON. Words that no model can have together with the other terms are not among them.
 * Null where no term can be guessed at.
 */
export function alikeSql(
  { terms }: ParsedQuery,
  parameters: Parameters,
): { readonly sql: string; readonly value: string } | null {
  const words = terms.map((term) => guessable(term));
  if (words.every((word) => word === null)) return null;
  const names = words.map((word) =>
    word === null ? null : { word: parameters.add(word), gone: parameters.add(JSON.stringify(goneOf(word))) },
  );
  const groups = terms.map(([spelling, ...others], place) => {
    const isOne = spelling !== undefined && spelling.words.length === 1 && others.length === 0;
    return terms.length === 1 || !isOne
      ? null
      : groupSql(parameters.add(spelling.words[0] ?? ''), names[place]?.gone ?? null);
  });
  const lists = names.map((name, place) => {
    if (name === null) return "json('[]')";
    const rest = groups.map((group, other) =>
      group === null || other === place ? '' : ` || (select together from group${other})`,
    );
    return `json((select json_group_array(word) from (${looksLike(name, rest.join(''))})))`;
  });
  const sql = groups.flatMap((group, place) => (group === null ? [] : [`group${place} as materialized (${group})`]));
  return { sql: sql.join(', '), value: `json_array(${lists.join(', ')})` };
}

/** What has to be there beside a word: one of those that begin like a term, where they are few, or look like it. */
function groupSql(word: string, gone: string | null): string {
  const alike =
    gone === null ? '' : `union select word from near_words where gone in (select value from json_each(${gone}))`;
  const begun = `select word from words where word >= ${word} and word < ${word} || char(1114111) limit ${MOST_BEGUN + 1}`;
  return `select case when (select count(*) from (${begun})) > ${MOST_BEGUN} then '' else
  ' AND (' || coalesce((select group_concat('"' || word || '"', ' OR ') from (select word from (${begun}) ${alike})), '""') || ')'
  end as together`;
}

function judgedOf({ terms }: ParsedQuery, alike: WordsAlike): WordsAlike {
  return terms.map((term, place) => {
    const word = guessable(term);
    return word === null ? [] : judged(term, word, alike[place] ?? []);
  });
}

interface Alike {
  readonly query: ParsedQuery;
  /** For each term of the query. */
  readonly alike: WordsAlike;
  readonly signal: AbortSignal | undefined;
}

/**
 * Of the words that a term may be taken for, those that a model has together with the others: without one a second search
 * would find nothing new. Of the other terms those count that few words begin with.
 */
async function thatMeetTheRest(database: SqliteDatabase, { query, alike, signal }: Alike): Promise<WordsAlike> {
  if (alike.every((words) => words.length === 0)) return alike;
  const groups = await Promise.all(
    query.terms.map(async ([spelling, ...others], place) => {
      if (spelling === undefined || spelling.words.length !== 1 || others.length > 0) return null;
      const begun = await wordsThatBegin(database, spelling.words[0] ?? '', signal);
      return begun === null ? null : [...begun, ...(alike[place] ?? [])];
    }),
  );
  return Promise.all(
    alike.map(async (words, place) => {
      if (words.length === 0) return words;
      const rest = groups.filter((group, other) => other !== place && group !== null) as string[][];
      if (rest.some((group) => group.length === 0)) return [];
      const together = rest.map((group) => ` AND (${group.map((word) => `"${word}"`).join(' OR ')})`).join('');
      const rows = await database.all<{ word: string }>(
        `select value as word from json_each(:words)
where exists (select 1 from texts where texts match '"' || value || '"' || :together)`,
        { words: JSON.stringify(words), together },
        { signal },
      );
      return rows.map(({ word }) => word);
    }),
  );
}

/** The words of the index with a beginning; null where they are too many to be named. */
async function wordsThatBegin(
  database: SqliteDatabase,
  word: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[] | null> {
  const rows = await database.all<{ word: string }>(
    `select word from words where word >= :word and word < :word || char(1114111) order by word ${limitedTo('most')}`,
    { word, most: MOST_BEGUN + 1 },
    { signal },
  );
  return rows.length > MOST_BEGUN ? null : rows.map((row) => row.word);
}

async function nearWords(
  database: SqliteDatabase,
  word: string,
  { containing: isContaining, signal }: AlikeOptions,
): Promise<readonly string[]> {
  const alike = `select * from (${looksLike({ word: ':word', gone: ':gone' })})`;
  const containing = `select * from (
  select word from (select word from word_parts where word_parts match :part limit ${MOST_WITH_PART})
  where word <> :word and ${existsWith('')} order by length(word), word limit ${MOST_NEAR}
)`;
  const gone = JSON.stringify(goneOf(word));
  const rows = isContaining
    ? await database.all<{ word: string }>(
        `${alike} union ${containing}`,
        { gone, word, part: `"${word}"` },
        { signal },
      )
    : await database.all<{ word: string }>(alike, { gone, word }, { signal });
  return rows.map((row) => row.word);
}

/** SQL of the words that lack the same letter as another one, or have one more, and that a model has. */
function looksLike({ word, gone }: { readonly word: string; readonly gone: string }, together = ''): string {
  return `select distinct word from near_words
  where gone in (select value from json_each(${gone})) and word <> ${word} and ${existsWith(together)}
  order by word limit ${MOST_COMPARED}`;
}

function existsWith(together: string): string {
  return `exists (select 1 from texts where texts match '"' || word || '"'${together})`;
}

/** The most alike first. What begins with a term that may be a beginning was found by the query itself. */
function judged([spelling]: ParsedQuery['terms'][number], word: string, found: readonly string[]): readonly string[] {
  const most = word.length >= LONG_WORD ? 2 : 1;
  return found
    .map((near) => ({ word: near, distance: distanceOf(word, near) }))
    .filter(({ distance }) => distance <= most || distance === CONTAINS)
    .toSorted((a, b) => a.distance - b.distance || a.word.length - b.word.length || (a.word < b.word ? -1 : 1))
    .slice(0, MOST_NEAR)
    .map((near) => near.word)
    .filter((near) => spelling?.isBeginning !== true || !near.startsWith(word));
}

/** After every word that differs by letters. */
const CONTAINS = 9;

function distanceOf(word: string, other: string): number {
  const distance = editDistance(word, other);
  return distance > 2 && other.includes(word) ? CONTAINS : distance;
}

/** The word, and what is left of it without one of its letters. */
function goneOf(word: string): string[] {
  return [word, ...Array.from({ length: word.length }, (_, place) => word.slice(0, place) + word.slice(place + 1))];
}
