import { ModelkeepError } from '@modelkeep/core';

const MOST_CHARACTERS = 512;
/** Control characters, and what makes a text look like another one. */
const FORBIDDEN = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

/**
 * For engines: a key, an id or another short name, as it came.
 *
 * @throws `core.invalid-argument`
 */
export function checkName(text: string, argument: string): string {
  const reason =
    typeof text !== 'string'
      ? 'is no text'
      : text.trim() === ''
        ? 'is empty'
        : text.length > MOST_CHARACTERS
          ? `has more than ${MOST_CHARACTERS} characters`
          : FORBIDDEN.test(text) || !text.isWellFormed()
            ? 'has characters that cannot be shown'
            : null;
  if (reason === null) return text;
  throw invalid(`the ${argument} ${reason}`, argument, typeof text === 'string' ? text.slice(0, 80) : typeof text);
}

/**
 * For engines: a moment.
 *
 * @returns ISO 8601 in UTC
 * @throws `core.invalid-argument`
 */
export function checkTime(text: string, argument: string): string {
  const ms = typeof text === 'string' && /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw invalid(`the ${argument} is no time (ISO 8601)`, argument, text);
  return new Date(ms).toISOString();
}

/**
 * For engines: a number of bytes.
 *
 * @throws `core.invalid-argument`
 */
export function checkBytes(bytes: number, argument: string): number {
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  throw invalid(`the ${argument} is no number of bytes`, argument, bytes);
}

/** @internal */
export function invalid(message: string, argument: string, found: unknown): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', { message, facts: { argument, found } });
}
