import { ModelkeepError, type ModelRecord } from '@modelkeep/core';
import { compareFound } from './compare-found.ts';
import type { FoundModel, SearchModelsOptions, SearchModelsResult } from './search-options.ts';

/** What {@link searchLibraries} needs of a library. */
export interface SearchableLibrary {
  readonly root: string;
  search(query: string, options?: SearchModelsOptions): Promise<SearchModelsResult>;
}

/** A model that a search found in one of several libraries. */
export interface FoundInLibrary extends FoundModel {
  /** Which of the libraries has it: its place in the list. */
  readonly library: number;
}

/** What a search of several libraries found, the best first. */
export interface SearchLibrariesResult extends SearchModelsResult {
  readonly hits: readonly FoundInLibrary[];
}

/** Where a page ended in each library: null before its first hit. */
type Places = readonly (string | null)[];

/**
 * Searches several libraries as if they were one. Words that are only like those of the query count where no library has
 * these. A model that stands in two libraries is found twice.
 *
 * @param options - as for one library; `after` takes `next` of a page of the same libraries in the same order
 * @throws `core.invalid-argument`, and whatever a library throws
 */
export async function searchLibraries(
  libraries: readonly SearchableLibrary[],
  query: string,
  options: SearchModelsOptions = {},
): Promise<SearchLibrariesResult> {
  const { limit = 20, after } = options;
  const places = after === undefined ? libraries.map(() => null) : readPlaces(after, libraries.length);
  const ask = (near: boolean): Promise<SearchModelsResult[]> =>
    Promise.all(
      libraries.map((library, number) =>
        library.search(query, { ...options, near, limit, after: places[number] ?? undefined }),
      ),
    );
  let found = await ask(false);
  const isEmpty = after === undefined && found.every(({ hits }) => hits.length === 0);
  if (isEmpty && options.near !== false) found = await ask(true);
  const lists = found.map(({ hits: own }, library) => own.map((hit) => ({ ...hit, library })));
  const hits = mergeLists(lists, compareFound(options)).slice(0, limit);
  const all = lists.flat();
  const isMore = all.length > hits.length || found.some(({ next }) => next !== null);
  const next = isMore && hits.length > 0 ? writePlaces(placesAfter(places, hits)) : null;
  return {
    models: hits.map(({ model }): ModelRecord => model),
    hits,
    approximate: found.some(({ approximate }) => approximate),
    next,
    nearWords: found.find(({ nearWords }) => nearWords.length > 0)?.nearWords ?? [],
  };
}

/** Of the next hits of all libraries the best comes first: the order of each library stays. */
function mergeLists(
  lists: readonly (readonly FoundInLibrary[])[],
  compare: (a: FoundModel, b: FoundModel) => number,
): FoundInLibrary[] {
  const rest = lists.map((list) => [...list]);
  const merged: FoundInLibrary[] = [];
  for (;;) {
    const heads = rest.flatMap(([head]) => (head === undefined ? [] : [head]));
    const [best] = heads.toSorted(compare);
    if (best === undefined) return merged;
    merged.push(best);
    rest[best.library]?.shift();
  }
}

function placesAfter(before: Places, hits: readonly FoundInLibrary[]): Places {
  return before.map((place, number) => hits.findLast(({ library }) => library === number)?.cursor ?? place);
}

function writePlaces(places: Places): string {
  return Buffer.from(JSON.stringify(places)).toString('base64url');
}

function readPlaces(cursor: string, libraries: number): Places {
  try {
    const places: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const isPlace = (place: unknown): place is string | null => place === null || typeof place === 'string';
    if (Array.isArray(places) && places.length === libraries && places.every(isPlace)) return places;
  } catch (error) {
    throw invalid(cursor, error);
  }
  throw invalid(cursor);
}

function invalid(cursor: string, cause?: unknown): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: 'this is no cursor of a search of these libraries',
    facts: { argument: 'after', found: cursor },
    hint: 'pass `next` of the page before, and the same libraries in the same order',
    cause,
  });
}
