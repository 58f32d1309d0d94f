import { ModelkeepError } from '@modelkeep/core';
import type { HttpClient } from '@modelkeep/network';
import { z } from 'zod';
import { described, gateField, repoIdField } from '../answers/fields.ts';
import { readPages } from '../answers/pages.ts';
import { parseAnswer } from '../answers/parse-answer.ts';
import type { RepoSummary, SearchQuery } from './search-query.ts';

const MAX_PAGE_SIZE = 1_000;

const pageSchema = z.array(
  z.object({
    id: repoIdField,
    private: z.boolean().default(false),
    gated: gateField.nullable().catch(null).default(null),
    tags: described.texts,
    pipeline_tag: described.text,
    library_name: described.text,
    downloads: described.count,
    likes: described.count,
    createdAt: described.text,
    lastModified: described.text,
  }),
);

/** What {@link searchModels} works with. */
export interface SearchModelsRequest {
  readonly http: HttpClient;
  readonly endpoint: string;
  readonly query: SearchQuery;
}

/** Searches with `GET /api/models`, page after page. */
export async function* searchModels(request: SearchModelsRequest): AsyncGenerator<RepoSummary, void, undefined> {
  const { http, endpoint, query } = request;
  let left = query.limit === undefined ? Infinity : checkCount('limit', query.limit);
  const url = `${endpoint}/api/models?${parametersOf(query)}`;
  for await (const page of readPages({ http, url, question: { endpoint, repo: '' }, signal: query.signal })) {
    for (const item of parseAnswer(pageSchema, page.url, page.value)) {
      const { pipeline_tag: pipelineTag, library_name: libraryName, ...rest } = item;
      yield { ...rest, pipelineTag, libraryName };
      left -= 1;
      if (left === 0) return;
    }
  }
}

function parametersOf(query: SearchQuery): string {
  const pageSize = checkCount('pageSize', query.pageSize ?? Math.min(query.limit ?? 100, 100));
  const filters = typeof query.filter === 'string' ? [query.filter] : (query.filter ?? []);
  const parameters = new URLSearchParams();
  const entries: [name: string, value: string | undefined][] = [
    ['search', query.search],
    ['author', query.author],
    ...filters.map((filter): [string, string] => ['filter', filter]),
    ['pipeline_tag', query.pipelineTag],
    ['sort', query.sort],
    ['limit', String(Math.min(pageSize, MAX_PAGE_SIZE))],
  ];
  for (const [name, value] of entries) if (value !== undefined) parameters.append(name, value);
  return parameters.toString();
}

function checkCount(argument: string, count: number): number {
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new ModelkeepError('core.invalid-argument', {
    message: `${argument} is a whole number above 0, not ${count}`,
    facts: { argument, found: count },
  });
}
