import { ModelkeepError, modelSorts, type ModelSort } from '@modelkeep/core';

export type SortDirection = 'ascending' | 'descending';

/** How models are sorted. */
export interface SortOptions {
  /** @default 'name' */
  readonly sort?: ModelSort | undefined;
  /** @default 'ascending' for names, else 'descending' */
  readonly direction?: SortDirection | undefined;
}

/** @internal An order of models: the key makes it total. */
export interface SortOrder {
  readonly sort: ModelSort | 'relevance';
  readonly direction: SortDirection;
  /** SQL; all are compared in the same direction. */
  readonly expressions: readonly string[];
}

const columns: Record<ModelSort, string> = {
  name: 'sort_name',
  size: 'size_bytes',
  imported: 'imported_ms',
  updated: 'updated_ms',
};

/**
 * @internal
 * @throws `core.invalid-argument` for an order that there is not
 */
export function sortOrder({ sort = 'name', direction }: SortOptions): SortOrder {
  if (!modelSorts.includes(sort)) throw invalid('sort', sort, modelSorts);
  const wanted = direction ?? (sort === 'name' ? 'ascending' : 'descending');
  if (wanted !== 'ascending' && wanted !== 'descending')
    throw invalid('direction', direction, ['ascending', 'descending']);
  return { sort, direction: wanted, expressions: [columns[sort]] };
}

/** @internal The column of an order by one. */
export function sortColumn(order: SortOrder): string {
  return order.expressions[0] ?? 'sort_name';
}

function invalid(argument: string, found: unknown, choices: readonly string[]): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `${argument} is one of ${choices.join(', ')}`,
    facts: { argument, found },
  });
}
