import type { StateProblem } from './state-migration.ts';

/** @internal Reads the fields of one entry and notes what cannot be used. */
export interface EntryFields {
  text(name: string): string | null;
  number(name: string, range: { readonly from: number; readonly to: number; readonly whole?: boolean }): number | null;
  flag(name: string): boolean | null;
  /** ISO 8601; without a zone it is taken for UTC. @returns ISO 8601 in UTC */
  time(name: string): string | null;
  /** The entry itself cannot be used. */
  refuse(reason: string): null;
  /** Notes the fields that nobody has asked for: they have no place here, and stay in the file. */
  end(): void;
}

const MOST_CHARACTERS = 16_384;

/** @internal @returns null for what is no object, which is noted */
export function entryFields(key: string, value: unknown, note: (problem: StateProblem) => void): EntryFields | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    note({ key, field: null, reason: 'it is no object' });
    return null;
  }
  const fields = new Map(Object.entries(value));
  const asked = new Set<string>();
  const read = <T>(field: string, as: (found: unknown) => T | null): T | null => {
    asked.add(field);
    const found = fields.get(field) ?? null;
    if (found === null) return null;
    const usable = as(found);
    if (usable === null) note({ key, field, reason: 'it holds something else than it should' });
    return usable;
  };
  return {
    text: (name) =>
      read(name, (found) => (typeof found === 'string' && found.length <= MOST_CHARACTERS ? found : null)),
    number: (name, { from, to, whole = false }) =>
      read(name, (found) => {
        const isOne = typeof found === 'number' && found >= from && found <= to;
        return isOne && (!whole || Number.isSafeInteger(found)) ? found : null;
      }),
    flag: (name) => read(name, (found) => (typeof found === 'boolean' ? found : null)),
    time: (name) => read(name, (found) => (typeof found === 'string' ? isoTime(found) : null)),
    refuse(reason) {
      note({ key, field: null, reason });
      return null;
    },
    end() {
      for (const field of fields.keys())
        if (!asked.has(field)) note({ key, field: field.slice(0, 200), reason: 'there is no place for it here' });
    },
  };
}

function isoTime(text: string): string | null {
  if (text.length > 64 || !/^\d{4}-\d\d-\d\d/u.test(text)) return null;
  const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/iu.test(text) || text.length === 10;
  const ms = Date.parse(hasZone ? text : `${text}Z`);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
