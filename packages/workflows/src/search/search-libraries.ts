import { ModelkeepError, type ModelRecord } from '@modelkeep/core';
import { FEW_MATCHES } from '@modelkeep/library';
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

/** Where a page ended. */
interface Places {
  /** Whether words like those of the query count as well. */
  readonly near: boolean;
  /** In each library: null before its first hit. */
  readonly cursors: readonly (string | null)[];
}

/**
 * Searches several libraries as if they were one. Words that are only like those of the query count where the
 * libraries together have fewer than five models with these. A model that stands in two libraries is found twice.
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
  const before = after === undefined ? null : readPlaces(after, libraries.length);
  const ask = (near: boolean): Promise<SearchModelsResult[]> =>
    Promise.all(
      libraries.map((library, number) => {
        const own = { near, limit: Math.max(limit, FEW_MATCHES), after: before?.cursors[number] ?? undefined };
        return library.search(query, { ...options, ...own });
      }),
    );
  let near = before?.near ?? false;
  let found = await ask(near);
  const matches = found.reduce((sum, { hits: own }) => sum + own.length, 0);
  if (before === null && options.near !== false && matches < FEW_MATCHES) {
    near = true;
    found = await ask(near);
  }
  const lists = found.map(({ hits: own }, library) => own.map((hit) => ({ ...hit, library })));
  const hits = mergeLists(lists, compareFound(options)).slice(0, limit);
  const all = lists.flat();
  const isMore = all.length > hits.length || found.some(({ next }) => next !== null);
  const next = isMore && hits.length > 0 ? writePlaces({ near, cursors: cursorsAfter(before, libraries, hits) }) : null;
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

function cursorsAfter(
  before: Places | null,
  libraries: readonly SearchableLibrary[],
  hits: readonly FoundInLibrary[],
): Places['cursors'] {
  return libraries.map((_, number) => {
    const last = hits.findLast(({ library }) => library === number);
    return last?.cursor ?? before?.cursors[number] ?? null;
  });
}

function writePlaces({ near, cursors }: Places): string {
  return Buffer.from(JSON.stringify([near, ...cursors])).toString('base64url');
}

function readPlaces(cursor: string, libraries: number): Places {
  try {
    const places: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const [near, ...cursors] = Array.isArray(places) ? (places as unknown[]) : [];
    const isPlace = (place: unknown): place is string | null => place === null || typeof place === 'string';
    if (typeof near === 'boolean' && cursors.length === libraries && cursors.every((one) => isPlace(one)))
      return { near, cursors };
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
