import { ModelkeepError } from '@modelkeep/core';
import { checkName, invalid } from './check-text.ts';
import type { NewToken } from '../ports/tokens.ts';

const VALUE = /^[\x21-\x7e]{1,16384}$/;

/**
 * For engines: the origin that a token belongs to.
 *
 * @throws `core.invalid-argument` for what is more or less than `http(s)://host[:port]`
 */
export function checkOrigin(origin: string): string {
  const url = URL.canParse(origin) ? new URL(origin) : null;
  const isOrigin =
    url !== null &&
    ['http:', 'https:'].includes(url.protocol) &&
    url.pathname === '/' &&
    [url.username, url.password, url.search, url.hash].every((part) => part === '');
  if (isOrigin) return url.origin;
  throw new ModelkeepError('core.invalid-argument', {
    // What was passed may carry a secret.
    message: 'this is no origin that a token can belong to',
    facts: { argument: 'origin' },
    hint: 'give scheme, host and port alone, such as https://huggingface.co',
  });
}

/**
 * For engines: a token that can be kept.
 *
 * @throws `core.invalid-argument`, which never quotes the value
 */
export function checkToken(token: NewToken): {
  readonly origin: string;
  readonly value: string;
  readonly name: string | null;
} {
  const origin = checkOrigin(token.origin);
  const value = typeof token.value === 'string' ? token.value.trim() : '';
  if (!VALUE.test(value))
    throw invalid('a token is 1 to 16,384 printable characters without a space', 'value', undefined);
  return {
    origin,
    value,
    name: token.name === undefined || token.name === null ? null : checkName(token.name, 'name'),
  };
}
