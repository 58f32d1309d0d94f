import { ModelkeepError } from '@modelkeep/core';
import type { SqlValue } from '@modelkeep/sqlite';
import { FEW_MATCHES } from './limits.ts';
import type { SortOrder } from './sort-order.ts';

/** @internal Where a page ended. */
export interface PagePlace {
  /** What the order compares, the model's key last: a text, because it is longer than a number holds. */
  readonly values: readonly (string | number)[];
  /** Newer models than this key are not looked at; a text. */
  readonly horizon: string | null;
  /** Whether words like those of the query count as well: the keys of the models that have its own, which come first. */
  readonly exact: readonly string[] | null;
}

const KEY = /^\d{1,19}$/;

/** @internal */
export function writeCursor({ sort, direction }: SortOrder, { values, horizon, exact }: PagePlace): string {
  return Buffer.from(JSON.stringify([sort, direction, horizon, exact, ...values])).toString('base64url');
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
  const [sort, direction, horizon, exact, ...values] = parts as unknown[];
  const valid =
    sort === order.sort &&
    direction === order.direction &&
    (horizon === null || isKey(horizon)) &&
    (exact === null || isKeys(exact)) &&
    values.every((value) => typeof value === 'string' || Number.isSafeInteger(value)) &&
    isKey(values.at(-1));
  if (!valid) throw invalid(cursor);
  return { values: values as (string | number)[], horizon, exact };
}

function isKey(value: unknown): value is string {
  return typeof value === 'string' && KEY.test(value) && BigInt(value) < 1n << 63n;
}

function isKeys(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length < FEW_MATCHES && value.every((key) => isKey(key));
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
