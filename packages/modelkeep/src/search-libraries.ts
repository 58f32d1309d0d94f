import type { SearchableLibrary, SearchLibrariesResult, SearchModelsOptions } from '@modelkeep/workflows';

/**
 * Searches several libraries as if they were one. Words that are only like those of the query count where no library has
 * these. A model that stands in two libraries is found twice.
 *
 * @param options - as for one library; `after` takes `next` of a page of the same libraries in the same order
 * @throws `core.invalid-argument`, and whatever a library throws
 *
 * @example
 * ```ts
 * import { openLibrary, searchLibraries } from 'modelkeep';
 *
 * await using own = await openLibrary({ root: '/data/models' });
 * await using shared = await openLibrary({ root: '/mnt/nas/models', mode: 'read' });
 * const { hits } = await searchLibraries([own, shared], 'flux lora');
 * for (const { model, library } of hits) console.log(model.officialName, [own, shared][library]?.root);
 * ```
 */
export async function searchLibraries(
  libraries: readonly SearchableLibrary[],
  query: string,
  options?: SearchModelsOptions,
): Promise<SearchLibrariesResult> {
  const workflows = await import('@modelkeep/workflows');
  return workflows.searchLibraries(libraries, query, options);
}
