/** What is wrong with a JSON text, for the reader that knows the file. */
export class JsonSyntaxError extends Error {}

/**
 * Walks a JSON text value by value. `JSON.parse` keeps the last of several equal keys without a word; this leaves it to
 * the caller to see each key. Linear in the length of the text. Its methods throw {@link JsonSyntaxError}.
 */
export interface JsonCursor {
  string(): string;
  /** A whole number from 0 to 2^53 − 1. */
  wholeNumber(): number;
  /** An object: `visit` is called with each key, repeated ones included, and must consume its value. */
  object(visit: (key: string) => void): void;
  /** An array: `visit` is called for each element and must consume it. */
  array(visit: () => void): void;
  /** Passes over any value. */
  skipValue(): void;
  /** Makes sure that nothing but blanks follows. */
  end(): void;
}

const MAX_DEPTH = 64;
const DIGITS = /(?:0|[1-9]\d{0,15})(?![\d.eE])/y;
const SCALAR = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
// oxlint-disable-next-line eslint/no-control-regex -- control characters are what JSON forbids
const NOT_PLAIN = /[\\\u0000-\u001f]/;
const BACKSLASH = 0x5c;

/** @internal Makes a {@link JsonCursor} at the start of a text. */
export function createJsonCursor(text: string): JsonCursor {
  let at = 0;
  const problem = (reason: string): JsonSyntaxError =>
    new JsonSyntaxError(`${reason} at character ${at} of the header`);

  const peek = (): string => {
    let code = text.charCodeAt(at);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) code = text.charCodeAt((at += 1));
    return text.charAt(at);
  };
  const expect = (character: string): void => {
    if (peek() !== character) throw problem(`"${character}" expected`);
    at += 1;
  };
  const match = (pattern: RegExp, what: string): string => {
    peek();
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined) throw problem(`${what} expected`);
    at += found.length;
    return found;
  };
  const string = (): string => {
    expect('"');
    const start = at;
    let quote = text.indexOf('"', at);
    while (quote !== -1 && isEscaped(text, start, quote)) quote = text.indexOf('"', quote + 1);
    if (quote === -1) throw problem('the end of a string expected');
    const raw = text.slice(start, quote);
    at = quote + 1;
    if (!NOT_PLAIN.test(raw)) return raw;
    try {
      return JSON.parse(`"${raw}"`) as string;
    } catch {
      // only escapes and control characters are judged here; JSON.parse's own message would carry parts of the file
      throw problem('a string with a wrong escape or a control character');
    }
  };
  const sequence = (close: string, visit: () => void): void => {
    if (peek() !== close) {
      visit();
      while (peek() === ',') {
        at += 1;
        visit();
      }
    }
    expect(close);
  };
  const object = (visit: (key: string) => void): void => {
    expect('{');
    sequence('}', () => {
      const key = string();
      expect(':');
      visit(key);
    });
  };
  const array = (visit: () => void): void => {
    expect('[');
    sequence(']', visit);
  };
  const skip = (depth: number): void => {
    if (depth > MAX_DEPTH) throw problem(`values nested more than ${MAX_DEPTH} deep`);
    const next = peek();
    if (next === '{') object(() => skip(depth + 1));
    else if (next === '[') array(() => skip(depth + 1));
    else if (next === '"') string();
    else match(SCALAR, 'a value');
  };

  return {
    string,
    wholeNumber() {
      const number = Number(match(DIGITS, 'a whole number'));
      if (!Number.isSafeInteger(number)) throw problem('a number below 2^53 expected');
      return number;
    },
    object,
    array,
    skipValue: () => skip(0),
    end() {
      if (peek() !== '') throw problem('the end expected');
    },
  };
}

/** Whether an odd number of backslashes stands before a quote. */
function isEscaped(text: string, start: number, quote: number): boolean {
  let before = quote;
  while (before > start && text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
  return (quote - before) % 2 === 1;
}
