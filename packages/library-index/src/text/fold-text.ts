const MARK = /\p{M}+/gu;
const LETTER = /\p{L}/u;
const DIGIT = /\p{N}/u;

/** @internal A text as it is searched, without what is between words, and where its characters come from. */
export interface FoldedText {
  readonly text: string;
  /** For each character of `text`: where the one that it comes from starts and ends in the original. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Whether a word begins with it, or its letters or digits do. */
  readonly begins: readonly boolean[];
}

/** @internal */
export function foldText(original: string): FoldedText {
  const starts: number[] = [];
  const ends: number[] = [];
  const begins: boolean[] = [];
  let text = '';
  let before: 'letter' | 'digit' | 'none' = 'none';
  let start = 0;
  for (const character of original) {
    const end = start + character.length;
    const folded = character.toLowerCase().normalize('NFKD').replaceAll(MARK, '');
    // What is only a mark belongs to the character before it.
    if (folded === '' && ends.length > 0 && ends.at(-1) === start) ends[ends.length - 1] = end;
    for (const part of folded) {
      const kind = LETTER.test(part) ? 'letter' : DIGIT.test(part) ? 'digit' : 'none';
      if (kind !== 'none') {
        for (let unit = 0; unit < part.length; unit += 1) {
          begins.push(unit === 0 && kind !== before);
          starts.push(start);
          ends.push(end);
        }
        text += part;
      }
      before = kind;
    }
    start = end;
  }
  return { text, starts, ends, begins };
}
