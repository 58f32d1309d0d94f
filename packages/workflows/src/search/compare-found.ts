import type { FoundModel, SearchModelsOptions } from './search-options.ts';

/** @internal The order of hits that come from several libraries: that of a search of one. */
export function compareFound({
  sort = 'relevance',
  direction,
}: SearchModelsOptions): (a: FoundModel, b: FoundModel) => number {
  if (sort === 'relevance') return byRelevance;
  const wanted = direction ?? (sort === 'name' ? 'ascending' : 'descending');
  const sign = wanted === 'ascending' ? 1 : -1;
  return (a, b) => sign * compare(valueOf(a, sort), valueOf(b, sort));
}

function byRelevance(a: FoundModel, b: FoundModel): number {
  if (a.near !== b.near) return a.near ? 1 : -1;
  const names = [nameOf(a), nameOf(b)] as const;
  // Below 0.2 the name is not why it was found.
  const shorter = a.score > 0.2 ? names[0].length - names[1].length : 0;
  return b.score - a.score || shorter || compare(...names);
}

function valueOf({ model }: FoundModel, sort: 'name' | 'size' | 'imported' | 'updated'): string | number {
  if (sort === 'size') return model.sizeBytes;
  if (sort === 'name') return folded(model.officialName);
  return Date.parse(sort === 'imported' ? model.importedAt : model.updatedAt);
}

function nameOf({ model }: FoundModel): string {
  return folded(model.officialName);
}

function folded(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
