import type { SqlStatement } from '@modelkeep/sqlite';

/** Shorter words are not guessed at, longer ones are no words that somebody types. */
export const SHORTEST_NEAR = 4;
const LONGEST_NEAR = 24;

/** Words whose neighbours are written by one statement: it has to stay short. */
const WORDS_AT_ONCE = 500;

const PLACES = Array.from({ length: LONGEST_NEAR }, (_, place) => place + 1);

const UNTIL = "(select cast(value as integer) from facts where name = 'near-words-until')";
const NEXT = `words.key > ${UNTIL} and words.key <= ${UNTIL} + ${WORDS_AT_ONCE}`;
const GUESSABLE = `length(word) between ${SHORTEST_NEAR} and ${LONGEST_NEAR} and word not glob '*[0-9]*'`;

/**
 * @internal Takes words into the vocabulary: each once, with what is left of it without one of its letters. A word stays
 * when its last model goes: what the vocabulary gives is looked up in the full-text index anyway.
 */
export function addWords(words: readonly string[]): SqlStatement[] {
  if (words.length === 0) return [];
  const insert = {
    sql: 'insert into words (word) select value from json_each(?) where true on conflict (word) do nothing',
    params: [JSON.stringify(words)],
  };
  return [insert, ...addNearWords(words.length)];
}

/** @internal Goes on with the words that were added last. @param count - how many these are at most */
export function addNearWords(count: number): SqlStatement[] {
  return Array.from({ length: Math.ceil(count / WORDS_AT_ONCE) }, () => nearWords).flat();
}

/** The last step may reach beyond the last word: the next words take the next keys. */
const nearWords: readonly SqlStatement[] = [
  { sql: `insert into word_parts (rowid, word) select key, word from words where ${NEXT} and length(word) > 3` },
  {
    // The places are listed: a recursive table would be made again for each word.
    sql: `insert or ignore into near_words (gone, word)
select substr(word, 1, place.value - 1) || substr(word, place.value + 1), word
from words cross join json_each('[${PLACES.join()}]') as place where ${NEXT} and ${GUESSABLE} and place.value <= length(word)
union all select word, word from words where ${NEXT} and ${GUESSABLE}
order by 1`,
  },
  {
    sql: `update facts set value = min(${UNTIL} + ${WORDS_AT_ONCE}, (select coalesce(max(key), 0) from words))
where name = 'near-words-until'`,
  },
];
