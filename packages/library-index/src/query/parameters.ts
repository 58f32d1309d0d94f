import type { SqlValue } from '@modelkeep/sqlite';

/** @internal Values of a statement, each with a name. */
export interface Parameters {
  readonly values: Readonly<Record<string, SqlValue>>;
  /** @returns what stands for the value in SQL; the same for the same text */
  add(value: SqlValue): string;
  set(values: Readonly<Record<string, SqlValue>>): void;
}

/** @internal @param prefix - what all names begin with: two sets may go into one statement */
export function createParameters(prefix = 'value'): Parameters {
  const values: Record<string, SqlValue> = {};
  const names = new Map<SqlValue, string>();
  return {
    values,
    add(value) {
      const known = names.get(value);
      if (known !== undefined) return known;
      const name = `${prefix}${names.size}`;
      names.set(value, `:${name}`);
      values[name] = value;
      return `:${name}`;
    },
    set(more) {
      Object.assign(values, more);
    },
  };
}
