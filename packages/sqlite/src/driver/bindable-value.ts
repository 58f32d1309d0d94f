import type { SqlParams, SqlValue } from '../sql-values.ts';
import type { DriverParams, DriverValue } from './sqlite-driver.ts';

/** @internal One value in the form that every driver takes. Safe integers become bigint: drivers bind a number as REAL. */
export function toDriverValue(value: SqlValue): DriverValue {
  if (value === undefined) return null;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  return value;
}

/** @internal All values of a statement. */
export function toDriverParams(params: SqlParams = []): DriverParams {
  if (isList(params)) return params.map(toDriverValue);
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, toDriverValue(value)]));
}

function isList(params: SqlParams): params is readonly SqlValue[] {
  return Array.isArray(params);
}
