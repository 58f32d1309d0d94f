import { ModelkeepError } from '@modelkeep/core';
import type { SqlValue } from '@modelkeep/sqlite';
import { filterWord, incompleteWord } from './filter-words.ts';
import { COLUMN_FIELDS, LABEL_FIELDS, type ModelFilters, type OneOrMore } from './filters.ts';

/** @internal Filters as SQL. */
export interface ReadFilters {
  /** What the full-text index checks: every group has to have one of its words. */
  readonly words: readonly (readonly string[])[];
  /** The same as conditions on a row of `models`. */
  readonly conditions: readonly string[];
  /** Conditions on a row of `models` for what the full-text index does not know. */
  readonly ranges: readonly string[];
  readonly parameters: Readonly<Record<string, SqlValue>>;
  /** Whether only models of certain ids are wanted: those of the parameter `ids`. */
  readonly byIds: boolean;
}

const MOST_VALUES = 100;
const MOST_IDS = 100_000;

const RANGES = [
  { name: 'minSizeBytes', condition: 'models.size_bytes >=' },
  { name: 'maxSizeBytes', condition: 'models.size_bytes <=' },
  { name: 'importedFrom', condition: 'models.imported_ms >=' },
  { name: 'importedBefore', condition: 'models.imported_ms <' },
  { name: 'updatedFrom', condition: 'models.updated_ms >=' },
  { name: 'updatedBefore', condition: 'models.updated_ms <' },
] as const;

/**
 * @internal
 * @throws `core.invalid-argument` for a value that is none
 */
export function readFilters(filters: ModelFilters): ReadFilters {
  const words: string[][] = [];
  const conditions: string[] = [];
  const ranges: string[] = [];
  const parameters: Record<string, SqlValue> = {};
  for (const { name, column, mark } of COLUMN_FIELDS) {
    const values = textsOf(name, filters[name]);
    if (values.length === 0) continue;
    words.push(values.map((value) => filterWord(mark, value)));
    conditions.push(`models.${column} ${isOneOf(name, values, parameters)}`);
  }
  const addLabel = (parameter: string, values: readonly string[], { kind, mark }: { kind: string; mark: string }) => {
    words.push(values.map((value) => filterWord(mark, value)));
    const isIt = isOneOf(parameter, values, parameters);
    conditions.push(
      `exists (select 1 from model_labels where model_key = models.key and kind = '${kind}' and value ${isIt})`,
    );
  };
  for (const field of LABEL_FIELDS) {
    const values = textsOf(field.name, filters[field.name]);
    if (field.name === 'tags') for (const [place, tag] of values.entries()) addLabel(`tag${place}`, [tag], field);
    else if (values.length > 0) addLabel(field.name, values, field);
  }
  const anyTags = textsOf('anyTags', filters.anyTags);
  if (anyTags.length > 0) addLabel('anyTags', anyTags, { kind: 'tags', mark: 'g' });
  for (const { name, condition } of RANGES) {
    const value: unknown = filters[name];
    if (value === undefined) continue;
    parameters[name] = name.endsWith('Bytes') ? bytesOf(name, value) : millisecondsOf(name, value);
    ranges.push(`${condition} :${name}`);
  }
  if (filters.complete !== undefined) {
    if (typeof filters.complete !== 'boolean') throw invalid('complete', filters.complete, 'true or false');
    if (filters.complete) ranges.push('models.complete = 1');
    else {
      words.push([incompleteWord]);
      conditions.push('models.complete = 0');
    }
  }
  if (filters.ids !== undefined) {
    if (!Array.isArray(filters.ids) || filters.ids.length > MOST_IDS || !filters.ids.every(isText))
      throw invalid('ids', undefined, `a list of at most ${MOST_IDS} ids`);
    parameters['ids'] = JSON.stringify(filters.ids);
  }
  return { words, conditions, ranges, parameters, byIds: filters.ids !== undefined };
}

function isOneOf(name: string, values: readonly string[], parameters: Record<string, SqlValue>): string {
  if (values.length === 1) {
    parameters[`filter_${name}`] = values[0];
    return `= :filter_${name}`;
  }
  parameters[`filter_${name}`] = JSON.stringify(values);
  return `in (select value from json_each(:filter_${name}))`;
}

function textsOf(name: string, value: OneOrMore<string> | undefined | null): readonly string[] {
  if (value === undefined || value === null) return [];
  const values: readonly unknown[] = Array.isArray(value) ? (value as unknown[]) : [value];
  if (!values.every(isText)) throw invalid(name, value, 'a text, or a list of texts');
  if (values.length > MOST_VALUES) throw invalid(name, values.length, `at most ${MOST_VALUES} values`);
  return [...new Set(values)];
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function bytesOf(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw invalid(name, value, 'a number of bytes');
}

function millisecondsOf(name: string, value: unknown): number {
  const milliseconds = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isFinite(milliseconds)) return milliseconds;
  throw invalid(name, value, 'a time in the form of ISO 8601');
}

function invalid(name: string, found: unknown, wanted: string): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `the filter "${name}" takes ${wanted}`,
    facts: { argument: name, found },
  });
}
