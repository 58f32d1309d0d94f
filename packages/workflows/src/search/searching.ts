import { isModelkeepError, type Logger, type ModelRecord } from '@modelkeep/core';
import type { Facets, LibraryStore } from '@modelkeep/library';
import { listAllModels } from '../link/list-all-models.ts';
import type { RecordedLinks } from '../link/recorded-links.ts';
import { createSubscribing } from './subscribing.ts';
import type {
  ChangesOptions,
  CountModelsOptions,
  FindModelsOptions,
  LibraryChanges,
  ListModelsOptions,
  ModelsPage,
  PageModelsOptions,
  SearchModelsOptions,
  SearchModelsResult,
} from './search-options.ts';

/** Finding models, and staying up to date with them. */
export interface Searching {
  /**
   * Finds models by words, the last of which may be unfinished. Any text is a plain text: there is no query language. Where
   * fewer than five models have the words, others that have words like them come after these.
   *
   * @throws `core.invalid-argument` for a limit, a filter, an order or a cursor that is none
   *
   * @example
   * ```ts
   * import { openLibrary } from 'modelkeep';
   *
   * await using library = await openLibrary({ root: '/data/models' });
   * const { hits, next } = await library.search('flux lin', { type: 'lora', tags: 'style', highlight: true });
   * for (const { model, highlights } of hits) console.log(model.officialName, highlights);
   * if (next !== null) await library.search('flux lin', { type: 'lora', tags: 'style', highlight: true, after: next });
   * ```
   */
  search(query: string, options?: SearchModelsOptions): Promise<SearchModelsResult>;
  /** All models that the filters leave, by name unless asked otherwise. @throws `core.invalid-argument` */
  list(options?: ListModelsOptions): Promise<readonly ModelRecord[]>;
  /** The same page by page. @throws `core.invalid-argument` */
  page(options?: PageModelsOptions): Promise<ModelsPage>;
  /**
   * Counts what a search finds, or a list (`''`), by type, family, tags and so on: exact for the whole library and for up to
   * 2,000 matches, `approximate` beyond. The filter of a field does not count for the field itself.
   *
   * @throws `core.invalid-argument`
   */
  facets(query: string, options?: CountModelsOptions): Promise<Facets>;
  /**
   * What happens to models, in any process: first what happened since a cursor, then each change within moments, until the
   * signal aborts or the library is closed.
   *
   * @throws `core.invalid-argument` for a text that is no cursor
   *
   * @example
   * ```ts
   * import { openLibrary } from 'modelkeep';
   *
   * await using library = await openLibrary({ root: '/data/models' });
   * for await (const { changes, resync, cursor } of library.changes()) {
   *   if (resync) console.log('read the list again');
   *   for (const { modelId, kind } of changes) console.log(kind, modelId);
   *   console.log('seen up to', cursor);
   * }
   * ```
   */
  changes(options?: ChangesOptions): AsyncIterable<LibraryChanges>;
  /**
   * Calls the listener with what {@link Searching.changes} gives; the returned function ends that. What a listener throws is
   * dropped.
   */
  subscribe(listener: (changes: LibraryChanges) => void, options?: ChangesOptions): () => void;
}

/** @internal */
export interface SearchingContext {
  readonly store: LibraryStore;
  readonly links: RecordedLinks;
  readonly logger: Logger;
  /** The caller's signal joined with that of the library, which aborts when it closes. */
  readonly join: (signal: AbortSignal | undefined) => AbortSignal;
}

/** @internal */
export function createSearching(context: SearchingContext): Searching {
  const { store, join, logger } = context;
  const { index } = store;
  async function* changes({ since, signal }: ChangesOptions = {}): AsyncGenerator<LibraryChanges> {
    const ended = join(signal);
    try {
      yield* index.watch({ since, signal: ended });
    } catch (error) {
      // Whoever ends the feed has no need of an error.
      if (ended.aborted || isModelkeepError(error, 'core.closed')) return;
      throw error;
    }
  }
  return {
    async search(query, request = {}) {
      const found = await index.search(query, await withApp(context, request));
      const hits = found.hits.map(({ record, ...hit }) => ({ model: record, ...hit }));
      const { approximate, next, nearWords } = found;
      return { models: hits.map(({ model }) => model), hits, approximate, next, nearWords };
    },
    async list(request = {}) {
      const models: ModelRecord[] = [];
      for await (const record of listAllModels(store, await withApp(context, request))) models.push(record);
      return models;
    },
    async page(request = {}) {
      const { records, next } = await index.list(await withApp(context, request));
      return { models: records, next };
    },
    facets: async (query, request = {}) => index.facets(query, await withApp(context, request)),
    changes,
    subscribe: createSubscribing(changes, logger),
  };
}

/** The app's filter as ids. */
async function withApp<T extends FindModelsOptions>({ links }: SearchingContext, request: T): Promise<Omit<T, 'app'>> {
  const { app, ...rest } = request;
  if (app === undefined) return rest;
  const linked = await links.modelsOf(app, { signal: request.signal });
  const wanted = request.ids === undefined ? null : new Set(request.ids);
  return { ...rest, ids: wanted === null ? linked : linked.filter((id) => wanted.has(id)) };
}
