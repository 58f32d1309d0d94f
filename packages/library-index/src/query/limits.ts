import { ModelkeepError } from '@modelkeep/core';

/** Where fewer models have the words of a query, words like them count as well. */
export const FEW_MATCHES = 5;

/** @internal The most that one call gives back. */
export const MOST_RESULTS = 1_000;

/**
 * @internal
 * @throws `core.invalid-argument` unless it is an integer from 1 to 1,000
 */
export function checkLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST_RESULTS) return limit;
  throw new ModelkeepError('core.invalid-argument', {
    message: `limit has to be an integer from 1 to ${MOST_RESULTS}`,
    facts: { argument: 'limit', found: limit },
  });
}

/** @internal SQLite would plan a statement anew each time a parameter alone is its limit: 0.1 to 0.3 ms, or most of a search. */
export function limitedTo(parameter: string): string {
  return `limit :${parameter} + 0`;
}
