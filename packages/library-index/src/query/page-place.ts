import { ModelkeepError } from '@modelkeep/core';
import type { SqlValue } from '@modelkeep/sqlite';
import type { SortOrder } from './sort-order.ts';

/** @internal Where a page ended. */
export interface PagePlace {
  /** What the order compares, the model's key last: a text, because it is longer than a number holds. */
  readonly values: readonly (string | number)[];
  /** Newer models than this key are not looked at; a text. */
  readonly horizon: string | null;
  /** Whether the words of the query were replaced by others like them. */
  readonly near: boolean;
}

const KEY = /^\d{1,19}$/;

/** @internal */
export function writeCursor({ sort, direction }: SortOrder, { values, horizon, near }: PagePlace): string {
  return Buffer.from(JSON.stringify([sort, direction, horizon, near, ...values])).toString('base64url');
}

/**
 * @internal
 * @throws `core.invalid-argument` for a text that no page in this order gave
 */
export function readCursor(cursor: string, order: SortOrder): PagePlace {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch (error) {
    throw invalid(cursor, error);
  }
  if (!Array.isArray(parts) || parts.length !== order.expressions.length + 5) throw invalid(cursor);
  const [sort, direction, horizon, near, ...values] = parts as unknown[];
  const valid =
    sort === order.sort &&
    direction === order.direction &&
    (horizon === null || isKey(horizon)) &&
    typeof near === 'boolean' &&
    values.every((value) => typeof value === 'string' || Number.isSafeInteger(value)) &&
    isKey(values.at(-1));
  if (!valid) throw invalid(cursor);
  return { values: values as (string | number)[], horizon, near };
}

function isKey(value: unknown): value is string {
  return typeof value === 'string' && KEY.test(value) && BigInt(value) < 1n << 63n;
}

/** @internal The condition that a row comes after a place. @param key - SQL of the row's key */
export function isAfter(
  { direction, expressions }: SortOrder,
  values: readonly (string | number)[],
  key = 'key',
): { sql: string; parameters: Record<string, SqlValue> } {
  const parameters = Object.fromEntries(values.map((value, place) => [`place${place}`, value]));
  const places = values.map((_, place) =>
    place === values.length - 1 ? `cast(:place${place} as integer)` : `:place${place}`,
  );
  const sign = direction === 'ascending' ? '>' : '<';
  return { sql: `(${[...expressions, key].join(', ')}) ${sign} (${places.join(', ')})`, parameters };
}

/** @internal `order by` in an order. */
export function orderBy({ direction, expressions }: SortOrder, key = 'key'): string {
  return [...expressions, key].map((it) => (direction === 'ascending' ? it : `${it} desc`)).join(', ');
}

/** @internal What becomes {@link PagePlace.values}, as a JSON text. */
export function placeSql({ expressions }: SortOrder, key = 'key'): string {
  return `json_array(${[...expressions, `cast(${key} as text)`].join(', ')})`;
}

function invalid(cursor: string, cause?: unknown): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: 'this is no cursor of these models in this order',
    facts: { argument: 'after', found: cursor },
    hint: 'pass `next` of the page before, and the same order',
    cause,
  });
}
