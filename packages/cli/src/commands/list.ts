import {
  isModelkeepError,
  type ModelFormat,
  type ModelRecord,
  type ModelType,
  type SourceProvider,
} from '@modelkeep/core';
import {
  openLibrary,
  searchLibraries,
  type Facets,
  type FindModelsOptions,
  type Library,
  type ModelSort,
} from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { facetLines } from '../output/facet-lines.ts';
import { modelCard, modelTable } from '../output/model-lines.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal Which models are meant. */
interface FindOptions extends CommonOptions {
  readonly type: readonly ModelType[];
  readonly family: readonly string[];
  readonly baseModel: readonly string[];
  readonly format: readonly ModelFormat[];
  readonly precision: readonly string[];
  readonly quant: readonly string[];
  readonly licence: readonly string[];
  readonly provider: readonly SourceProvider[];
  readonly repo: readonly string[];
  readonly tag: readonly string[];
  readonly anyTag: readonly string[];
  readonly app?: string;
  readonly minSize?: number;
  readonly maxSize?: number;
  readonly since?: string;
  readonly before?: string;
  readonly complete?: boolean;
  readonly incomplete?: boolean;
  readonly reverse?: boolean;
  readonly limit?: number;
  readonly after?: string;
  readonly facets?: boolean;
}

/** @internal */
export interface ListOptions extends FindOptions {
  readonly sort: ModelSort;
}

/** @internal */
export interface SearchOptions extends FindOptions {
  readonly sort: ModelSort | 'relevance';
  readonly exact?: boolean;
  readonly also: readonly string[];
}

/** @internal All models. */
export async function listModels(context: CommandContext, options: ListOptions): Promise<ExitCode> {
  const { library } = context;
  const { sort, limit, after } = options;
  const filters = filtersOf(options, context.signal);
  const direction = directionOf(options);
  const facets = options.facets === true ? await library.facets('', filters) : undefined;
  if (limit === undefined && after === undefined) {
    const models = await library.list({ ...filters, sort, direction });
    return showModels(context, { models, facets }, { models, facets });
  }
  const page = await library.page({ ...filters, sort, direction, limit, after });
  return showModels(context, { ...page, facets }, { models: page.models, facets });
}

/** @internal The models that match words, of this library and of others. */
export async function searchModels(context: CommandContext, query: string, options: SearchOptions): Promise<ExitCode> {
  const { library, signal } = context;
  const { sort, limit, after, exact, also } = options;
  const filters = filtersOf(options, signal);
  const near = exact !== true;
  const facets = options.facets === true ? await library.facets(query, { ...filters, near }) : undefined;
  const request = { ...filters, sort, direction: directionOf(options), limit, after, near, highlight: context.json };
  const others: Library[] = [];
  try {
    for (const root of also) others.push(await openLibrary({ root, mode: 'read' }));
    const found =
      others.length === 0
        ? await library.search(query, request)
        : await searchLibraries([library, ...others], query, request);
    const isSomethingElse = found.hits.every((hit) => hit.near);
    for (const { word, takenFor } of found.nearWords) {
      const others = takenFor.join(', ');
      const text = isSomethingElse
        ? `nothing has "${word}"; shown is what has ${others}`
        : `little has "${word}"; after it comes what has ${others}`;
      context.terminal.err(text);
    }
    if (found.approximate && !context.json) context.terminal.err('there is more: say more of what you look for');
    return showModels(context, { query, ...found, facets }, { models: found.models, facets });
  } finally {
    for (const other of others) await other.close();
  }
}

/** @internal Everything about one model, by its id, its slug, or a path that it is known by here or elsewhere. */
export async function showModel(context: CommandContext, reference: string): Promise<ExitCode> {
  const { library, terminal, json } = context;
  const model = await modelOf(context, reference);
  terminal.out(json ? JSON.stringify(model, null, 2) : modelCard(model, library.folderOf(model)));
  return 0;
}

async function modelOf({ library, signal }: CommandContext, reference: string): Promise<ModelRecord> {
  try {
    return await library.get(reference);
  } catch (error) {
    if (!isModelkeepError(error, 'library.model-not-found')) throw error;
    const found = await library.findByPath(reference, { signal });
    if (found === null) throw error;
    return found;
  }
}

function filtersOf(options: FindOptions, signal: AbortSignal): FindModelsOptions {
  const { type, family, baseModel, format, precision, licence, provider, repo, app } = options;
  return {
    type,
    family,
    baseModel,
    format,
    precision,
    licence,
    provider,
    repo,
    app,
    signal,
    quantisation: options.quant,
    tags: options.tag,
    anyTags: options.anyTag,
    minSizeBytes: options.minSize,
    maxSizeBytes: options.maxSize,
    importedFrom: options.since,
    importedBefore: options.before,
    complete: options.complete ?? (options.incomplete === true ? false : undefined),
  };
}

/** Names go up and everything else down, unless the other way is asked for. */
function directionOf({ sort, reverse }: ListOptions | SearchOptions): 'ascending' | 'descending' | undefined {
  if (reverse !== true || sort === 'relevance') return undefined;
  return sort === 'name' ? 'descending' : 'ascending';
}

function showModels(
  { terminal, json }: CommandContext,
  document: object,
  { models, facets }: { readonly models: readonly ModelRecord[]; readonly facets: Facets | undefined },
): ExitCode {
  if (json) {
    terminal.out(JSON.stringify(document, null, 2));
    return 0;
  }
  if (models.length === 0) terminal.err('no models');
  else terminal.out(modelTable(models));
  if (facets !== undefined) terminal.out(facetLines(facets));
  return 0;
}
