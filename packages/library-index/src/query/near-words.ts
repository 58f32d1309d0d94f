import type { SqliteDatabase } from '@modelkeep/sqlite';
import { SHORTEST_NEAR } from '../write/word-statements.ts';
import { editDistance } from './edit-distance.ts';
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
  readonly signal: AbortSignal | undefined;
}

const MOST_NEAR = 16;
/** Words that are compared letter by letter. */
const MOST_COMPARED = 400;
/** Far more words than a library has with four letters in common. */
const MOST_WITH_PART = 20_000;
const LONG_WORD = 8;

/**
 * @internal The words of the index that are like those of a query: one letter more, less, other, or two that changed
 * places; in long words two of that; and, where the query itself finds nothing, words that contain it: of a word that is
 * common thousands of others may be made. What only goes on where a word ends is found by the query itself. Null where there
 * are none.
 */
export async function nearQuery(
  database: SqliteDatabase,
  query: ParsedQuery,
  { findsNothing, signal }: NearQueryOptions,
): Promise<NearQuery | null> {
  const words: NearWord[] = [];
  const terms: ParsedQuery['terms'][number][] = [];
  for (const spellings of query.terms) {
    const [spelling] = spellings;
    const [word = ''] = spelling?.words ?? [];
    const mayBeWrong = spelling?.words.length === 1 && word.length >= SHORTEST_NEAR;
    const alike = mayBeWrong ? await nearWords(database, word, { findsNothing, signal }) : [];
    const takenFor = alike.filter((near) => spelling?.isBeginning !== true || !near.startsWith(word));
    if (takenFor.length > 0) words.push({ word, takenFor });
    terms.push([...spellings, ...takenFor.map((near) => ({ words: [near], isBeginning: false }))]);
  }
  return words.length === 0 ? null : { query: { ...query, terms }, words };
}

async function nearWords(
  database: SqliteDatabase,
  word: string,
  { findsNothing, signal }: NearQueryOptions,
): Promise<readonly string[]> {
  const exists = `exists (select 1 from texts where texts match '"' || word || '"')`;
  const alike = `select * from (
  select distinct word from near_words where gone in (select value from json_each(:gone)) and word <> :word and ${exists}
  order by word limit ${MOST_COMPARED}
)`;
  const containing = `select * from (
  select word from (select word from word_parts where word_parts match :part limit ${MOST_WITH_PART})
  where word <> :word and ${exists} order by length(word), word limit ${MOST_NEAR}
)`;
  const gone = JSON.stringify([word, ...withoutOneLetter(word)]);
  const rows = findsNothing
    ? await database.all<{ word: string }>(
        `${alike} union ${containing}`,
        { gone, word, part: `"${word}"` },
        { signal },
      )
    : await database.all<{ word: string }>(alike, { gone, word }, { signal });
  const most = word.length >= LONG_WORD ? 2 : 1;
  const judged = rows.map((row) => ({ word: row.word, distance: distanceOf(word, row.word) }));
  return judged
    .filter(({ distance }) => distance <= most || distance === CONTAINS)
    .toSorted((a, b) => a.distance - b.distance || a.word.length - b.word.length || (a.word < b.word ? -1 : 1))
    .slice(0, MOST_NEAR)
    .map((near) => near.word);
}

/** After every word that differs by letters. */
const CONTAINS = 9;

function distanceOf(word: string, other: string): number {
  const distance = editDistance(word, other);
  return distance > 2 && other.includes(word) ? CONTAINS : distance;
}

function withoutOneLetter(word: string): string[] {
  return Array.from({ length: word.length }, (_, place) => word.slice(0, place) + word.slice(place + 1));
}
