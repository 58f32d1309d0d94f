import { ModelkeepError } from '@modelkeep/core';
import type { ParameterRange } from './search-query.ts';

const UNITS = [
  ['T', 1e12],
  ['B', 1e9],
  ['M', 1e6],
  ['K', 1e3],
] as const;

/**
 * Writes a range as the Hub reads it: `min:6B,max:128B`.
 *
 * @returns undefined for a range that is open at both ends
 * @throws `core.invalid-argument` for what is no range of whole numbers
 */
export function formatParameterRange({ min, max }: ParameterRange): string | undefined {
  const isCount = (count: number | undefined): boolean =>
    count === undefined || (Number.isSafeInteger(count) && count >= 0);
  if (!isCount(min) || !isCount(max) || (min ?? 0) > (max ?? Infinity)) {
    throw new ModelkeepError('core.invalid-argument', {
      message: `parameters from ${min} to ${max} are no range of whole numbers`,
      facts: { argument: 'parameters', found: { min, max } },
    });
  }
  const parts = [min === undefined ? '' : `min:${withUnit(min)}`, max === undefined ? '' : `max:${withUnit(max)}`];
  const text = parts.filter((part) => part !== '').join(',');
  return text === '' ? undefined : text;
}

function withUnit(count: number): string {
  const [name, size] = UNITS.find(([, unit]) => count >= unit && count % unit === 0) ?? ['', 1];
  return `${count / size}${name}`;
}
