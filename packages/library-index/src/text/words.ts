const ASCII = /^[\0-\x7f]*$/;
const ASCII_WORD = /[a-z\d]+/g;
const ASCII_SAME_KIND = /[a-z]+|\d+/g;
const WORD = /[\p{L}\p{N}]+/gu;
const SAME_KIND = /\p{L}+|\p{N}+/gu;
const MARK = /\p{M}+/gu;
const TAG = /<[^<>]*>/g;

/**
 * @internal The words of a text as they are indexed and searched: lower case, compatibility forms and accents folded, cut
 * at everything that is neither a letter nor a digit. `FLUX.1-dev` gives `flux`, `1`, `dev`.
 */
export function wordsOf(text: string): string[] {
  if (ASCII.test(text)) return text.toLowerCase().match(ASCII_WORD) ?? [];
  return text.toLowerCase().normalize('NFKD').replaceAll(MARK, '').match(WORD) ?? [];
}

/** @internal Words cut where letters meet digits: `q4`, `t5xxl` gives `q`, `4`, `t`, `5`, `xxl`. */
export function splitAtDigits(words: readonly string[]): string[] {
  return words.flatMap((word) => (ASCII.test(word) ? word.match(ASCII_SAME_KIND) : word.match(SAME_KIND)) ?? []);
}

/**
 * @internal The spellings under which one name is found, each a text of words: as it is, cut at digits, numbers written
 * to the word before them, and all written together. `FLUX.1-dev` gives `flux 1 dev`, `flux1`, `flux1dev`.
 */
export function spellingsOf(words: readonly string[]): string[] {
  if (words.length === 0) return [];
  const parts = splitAtDigits(words);
  return [...new Set([words.join(' '), parts.join(' '), ...withNumbers(parts), words.join('')])];
}

/** `llama 3 1 8 b` gives `llama3`, `llama31`, `llama318`. */
function withNumbers(parts: readonly string[]): string[] {
  const joined: string[] = [];
  let word = '';
  for (const part of parts) {
    const isNumber = /^\p{N}/u.test(part);
    if (!isNumber) word = part;
    else if (word !== '') joined.push((word += part));
  }
  return joined;
}

/** @internal A text without the tags of HTML: descriptions come from web pages. */
export function withoutTags(text: string): string {
  return text.replaceAll(TAG, ' ');
}
