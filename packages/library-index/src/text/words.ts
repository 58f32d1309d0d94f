// oxlint-disable-next-line no-control-regex -- ASCII begins with control characters
const NOT_ASCII = /[^\0-\x7f]/;
const ASCII_WORD = /[a-z\d]+/g;
const ASCII_SAME_KIND = /[a-z]+|\d+/g;
const DIGIT = /\p{N}/u;
const WORD = /[\p{L}\p{N}]+/gu;
const SAME_KIND = /\p{L}+|\p{N}+/gu;
const MARK = /\p{M}+/gu;
const TAG = /<[^<>]*>/g;

/** The longest text that one word of a label or of a name is written together to. */
const LONGEST_JOINED = 60;

/**
 * @internal The words of a text as they are indexed and searched: lower case, compatibility forms and accents folded, cut
 * at everything that is neither a letter nor a digit. `FLUX.1-dev` gives `flux`, `1`, `dev`.
 */
export function wordsOf(text: string): string[] {
  if (!NOT_ASCII.test(text)) return text.toLowerCase().match(ASCII_WORD) ?? [];
  return text.toLowerCase().normalize('NFKD').replaceAll(MARK, '').match(WORD) ?? [];
}

/** @internal Words cut where letters meet digits: `q4`, `t5xxl` gives `q`, `4`, `t`, `5`, `xxl`. */
export function splitAtDigits(words: readonly string[]): string[] {
  const parts: string[] = [];
  for (const word of words) {
    if (!DIGIT.test(word)) parts.push(word);
    else parts.push(...((NOT_ASCII.test(word) ? word.match(SAME_KIND) : word.match(ASCII_SAME_KIND)) ?? []));
  }
  return parts;
}

/** @internal All words as one, where that is a word that somebody might type. */
export function joinedOf(words: readonly string[]): string[] {
  const joined = words.join('');
  return joined.length <= LONGEST_JOINED ? [joined] : [];
}

/**
 * @internal The spellings under which a name is found, each a text of words: as it is, cut at digits, and with numbers
 * written to the word before them. `FLUX.1-dev` gives `flux 1 dev`, `flux1`. What `more` adds is for texts of few words.
 */
export function spellingsOf(words: readonly string[], more?: (words: readonly string[]) => string[]): string[] {
  if (words.length === 0) return [];
  const spellings = [words.join(' ')];
  const parts = splitAtDigits(words);
  const add = (text: string): void => {
    if (!spellings.includes(text)) spellings.push(text);
  };
  if (parts.length !== words.length) add(parts.join(' '));
  for (const text of withNumbers(parts)) add(text);
  for (const text of more?.(words) ?? []) add(text);
  return spellings;
}

/** `llama 3 1 8 b` gives `llama3`, `llama31`, `llama318`. */
function withNumbers(parts: readonly string[]): string[] {
  const joined: string[] = [];
  let word = '';
  for (const part of parts) {
    if (!DIGIT.test(part)) word = part;
    else if (word !== '' && word.length + part.length <= LONGEST_JOINED) joined.push((word += part));
  }
  return joined;
}

/** @internal A text without the tags of HTML: descriptions come from web pages. */
export function withoutTags(text: string): string {
  return text.includes('<') ? text.replaceAll(TAG, ' ') : text;
}
