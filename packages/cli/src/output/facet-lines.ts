import type { Facets } from 'modelkeep';

const MOST_VALUES = 10;

/** Counts as lines: a field, and its most frequent values. */
export function facetLines({ fields, models, approximate }: Facets): string {
  const most = approximate ? '+' : '';
  const lines = Object.entries(fields)
    .filter(([, values]) => values.length > 0)
    .map(([field, values]) => {
      const shown = values.slice(0, MOST_VALUES).map(({ value, models: count }) => `${value} ${count}${most}`);
      const more = values.length > MOST_VALUES ? ', …' : '';
      return `${`${field}:`.padEnd(14)}${shown.join(', ')}${more}`;
    });
  return [`${models}${most} ${models === 1 && !approximate ? 'model' : 'models'}`, ...lines].join('\n');
}
