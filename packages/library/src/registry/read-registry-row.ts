import { registryFieldNames, registryFields, type RegistryFieldRule } from './registry-fields.ts';
import type { RegistryRow } from './registry-row.ts';

/** A field of a row that cannot be used, and is left out. */
export interface RegistryFieldProblem {
  readonly field: keyof RegistryRow;
  readonly reason: string;
}

/** A row as it can be used: null without a number or a name, and what had to be left out. */
export interface ReadRegistryRow {
  readonly row: RegistryRow | null;
  readonly problems: readonly RegistryFieldProblem[];
}

/** Of what has no limit of its own. */
const LONGEST_WORD = 4_096;

type FieldValue = string | number | null;

/** What a value of a column is not, for people. */
class Unusable extends Error {}

/**
 * Reads a row that may hold anything. A field of another kind, or longer than it may be, is left out and told; the others
 * count.
 *
 * @param values - by the names of the columns; what is absent is null
 */
export function readRegistryRow(values: Readonly<Record<string, unknown>>): ReadRegistryRow {
  const problems: RegistryFieldProblem[] = [];
  const fields: Record<string, FieldValue> = {};
  for (const field of registryFieldNames) {
    try {
      const value = Object.hasOwn(values, field) ? (values[field] ?? null) : null;
      fields[field] = value === null ? null : readField(field, value);
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      fields[field] = null;
      problems.push({ field, reason: error.message });
    }
  }
  for (const field of ['id', 'name'] as const) {
    if (fields[field] !== null) continue;
    if (!problems.some((problem) => problem.field === field)) problems.push({ field, reason: 'there is none' });
    return { row: null, problems };
  }
  fields['metadata_status'] ??= 'none';
  fields['metadata_source'] ??= 'none';
  return { row: fields as unknown as RegistryRow, problems };
}

function readField(field: keyof RegistryRow, value: unknown): FieldValue {
  const rule = registryFields[field];
  // Civitai's fields say so where the site was asked and does not know the model.
  if (value === 'none' && field.startsWith('civitai_')) return value;
  if (rule.kind === 'id' || rule.kind === 'count' || rule.kind === 'number' || rule.kind === 'flag')
    return readNumber(rule.kind, value);
  if (rule.kind === 'time' && typeof value === 'number' && Number.isFinite(value)) return value;
  return readText(rule, value);
}

function readNumber(kind: 'id' | 'count' | 'number' | 'flag', value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Unusable('it is no number');
  if (kind === 'number' && value >= 0) return value;
  if (kind === 'id' && Number.isSafeInteger(value)) return value;
  if (kind === 'count' && Number.isSafeInteger(value) && value >= 0) return value;
  if (kind === 'flag' && (value === 0 || value === 1)) return value;
  throw new Unusable(kind === 'flag' ? 'it is neither 0 nor 1' : 'it is no such number');
}

function readText(rule: RegistryFieldRule, value: unknown): string {
  if (typeof value !== 'string') throw new Unusable('it is no text');
  const most = rule.kind === 'text' ? rule.maxCharacters : LONGEST_WORD;
  if (value.length > most) throw new Unusable(`it is longer than ${most} characters`);
  if (value.includes('\0')) throw new Unusable('there is a NUL in it');
  if (rule.kind === 'word' && !rule.words.includes(value))
    throw new Unusable(`it is not one of ${rule.words.join(', ')}`);
  if (rule.kind === 'hex' && !(value.length === rule.characters && /^[0-9a-f]+$/iu.test(value)))
    throw new Unusable(`it is not ${rule.characters} hexadecimal digits`);
  return rule.kind === 'address' ? withoutToken(value) : value;
}

/** Some tools noted the address that they had asked, key included. */
function withoutToken(address: string): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  const secret = [...url.searchParams.keys()].filter((name) => /token|key|secret|signature/iu.test(name));
  if (secret.length === 0 && url.username === '' && url.password === '') return address;
  for (const name of secret) url.searchParams.delete(name);
  url.username = '';
  url.password = '';
  return url.href;
}
