import { PickleProblem } from './machine.ts';
import type { PickleValue } from './pickle-value.ts';

/** A longer number is one, and nobody needs to know which. */
const MAX_DIGITS = 100;
const UNTOLD: PickleValue = { kind: 'unknown' };

/** @internal The value of an opcode of protocol 0, whose argument is a line of text. */
export function lineValue(name: string, line: string): PickleValue {
  if (name === 'STRING') return unquoted(line.trim());
  if (name === 'INT') return line === '00' ? false : line === '01' ? true : literalIn(line);
  if (name === 'LONG') return literalIn(line.trim().replace(/L$/, ''));
  if (name === 'FLOAT') return Number(line);
  if (name === 'GET' || name === 'PUT') return numberIn(line);
  if (name === 'UNICODE') return unescaped(line, /\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g);
  return line;
}

const LITERAL = /^([+-]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/;

/** An unpickler takes what a program could write: also hexadecimal, octal and binary. */
function literalIn(line: string): PickleValue {
  const text = line.trim().replaceAll('_', '');
  const [, sign, digits] = LITERAL.exec(text) ?? [];
  if (digits === undefined || digits.length > MAX_DIGITS) return digits === undefined ? numberIn(text) : UNTOLD;
  const value = BigInt(digits) * (sign === '-' ? -1n : 1n);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function numberIn(line: string): PickleValue {
  const text = line.trim().replaceAll('_', '');
  if (!/^[+-]?\d+$/.test(text)) throw new PickleProblem('a number that is none');
  if (text.length > MAX_DIGITS) return UNTOLD;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text.replace('+', ''));
}

function unquoted(text: string): string {
  const quote = text.charAt(0);
  if (text.length < 2 || (quote !== "'" && quote !== '"') || !text.endsWith(quote)) {
    throw new PickleProblem('a text without its quotes');
  }
  return unescaped(text.slice(1, -1), /\\x([0-9a-fA-F]{2})|\\([\\'"])|\\([0-7]{1,3})/g);
}

/** Texts of protocol 0 may hide a name behind escapes. */
function unescaped(text: string, pattern: RegExp): string {
  return text.replaceAll(pattern, (whole: string, first?: string, second?: string, third?: string) => {
    if (third !== undefined) return String.fromCharCode(Number.parseInt(third, 8) & 0xff);
    if (second !== undefined && second.length === 1) return second;
    const code = Number.parseInt(first ?? second ?? '', 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
