import { ModelkeepError, type ModelFormat, type ModelRecord, type ModelType } from '@modelkeep/core';

/** Which models are wanted. Values are compared exactly; what is absent does not matter. */
export interface ModelFilters {
  readonly type?: ModelType | undefined;
  readonly family?: string | undefined;
  readonly baseModel?: string | undefined;
  readonly format?: ModelFormat | undefined;
}

const FIELDS = [
  { name: 'type', column: 'type', mark: 't' },
  { name: 'family', column: 'family', mark: 'f' },
  { name: 'baseModel', column: 'base_model', mark: 'b' },
  { name: 'format', column: 'format', mark: 'o' },
] as const;

/** @internal A filter that is set. */
export interface ActiveFilter {
  readonly column: (typeof FIELDS)[number]['column'];
  readonly value: string;
  /** The word that stands for it in the full-text index. */
  readonly token: string;
}

/**
 * @internal
 * @throws `core.invalid-argument` for a value that is no text
 */
export function activeFilters(filters: ModelFilters): ActiveFilter[] {
  return FIELDS.flatMap(({ name, column, mark }) => {
    const value: unknown = filters[name];
    if (value === undefined || value === null) return [];
    if (typeof value === 'string') return [{ column, value, token: filterToken(mark, value) }];
    throw new ModelkeepError('core.invalid-argument', {
      message: `the filter "${name}" takes a text`,
      facts: { argument: name, found: value },
    });
  });
}

/** @internal The filter words of a model. */
export function filterTokensOf(record: ModelRecord): string {
  return activeFilters(record as ModelFilters)
    .map(({ token }) => token)
    .join(' ');
}

/** One word for FTS5. It starts with a character of private use, which no word of a text or of a query has. */
function filterToken(mark: string, value: string): string {
  return `\uE000${mark}${Buffer.from(value).toString('hex')}`;
}
