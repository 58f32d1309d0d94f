import { cleanText } from '../embedded/clean-text.ts';
import { plainText } from '@modelkeep/core';

/** @internal An object of a JSON document, each of whose fields may be anything. */
export type JsonObject = Readonly<Record<string, unknown>>;

const MAX_WORDS = 200;
const MAX_ITEMS = 1_000;

/** @internal The value as an object; null for anything else. */
export function objectOf(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** @internal A field of its own, never one of its prototype. */
export function field(object: JsonObject | null, name: string): unknown {
  return object !== null && Object.hasOwn(object, name) ? object[name] : undefined;
}

/** @internal */
export function objectIn(object: JsonObject | null, name: string): JsonObject | null {
  return objectOf(field(object, name));
}

/** @internal The items of a list; none for anything else. */
export function listIn(object: JsonObject | null, name: string): readonly unknown[] {
  const value = field(object, name);
  return Array.isArray(value) ? value.slice(0, MAX_ITEMS) : [];
}

/** @internal A text for people; null for none. */
export function textIn(object: JsonObject | null, name: string, maxLength = 1_000): string | null {
  const value = field(object, name);
  return typeof value === 'string' ? cleanText(value, maxLength) : null;
}

/** @internal The text of HTML, for people. */
export function htmlIn(object: JsonObject | null, name: string): string | null {
  const value = field(object, name);
  return typeof value === 'string' ? cleanText(plainText(value, 20_000), 20_000) : null;
}

/** @internal A whole number from 0, also as a text. */
export function numberIn(object: JsonObject | null, name: string): number | null {
  const value = field(object, name);
  const number = typeof value === 'string' && /^\d{1,15}$/u.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** @internal An amount from 0, with a fraction. */
export function amountIn(object: JsonObject | null, name: string): number | null {
  const value = field(object, name);
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

/** @internal Words of a list, each once; null where there are none. */
export function wordsIn(object: JsonObject | null, name: string): readonly string[] | null {
  const words = listIn(object, name).flatMap((item) => {
    const text = typeof item === 'string' ? item : textIn(objectOf(item), 'name');
    return cleanText(text, 1_000) ?? [];
  });
  return words.length === 0 ? null : [...new Set(words)].slice(0, MAX_WORDS);
}

/** @internal A time as ISO 8601; null for what is none. */
export function timeIn(object: JsonObject | null, name: string): string | null {
  const text = textIn(object, name, 64);
  const time = text === null ? Number.NaN : Date.parse(text);
  return Number.isFinite(time) ? new Date(time).toISOString() : null;
}

/** @internal An http or https address without user, password and fragment; null for anything else. */
export function urlIn(object: JsonObject | null, name: string): string | null {
  const text = field(object, name);
  if (typeof text !== 'string' || text.length > 4_096 || !URL.canParse(text)) return null;
  const url = new URL(text);
  const isPlain = ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '';
  return isPlain ? url.href : null;
}
