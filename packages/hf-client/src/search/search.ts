import { readPages } from '../answers/pages.ts';
import type { HubContext } from '../client/hub-context.ts';
import { apiSegment } from '../urls/repo-type.ts';
import { readSummaries } from './read-summary.ts';
import type { RepoSummary } from './repo-summary.ts';
import { checkCount, searchParameters } from './search-parameters.ts';
import type { SearchQuery } from './search-query.ts';

/** Searches with `GET /api/models`, `/api/datasets` or `/api/spaces`, page after page. */
export async function* search(
  { http, endpoint }: HubContext,
  query: SearchQuery,
): AsyncGenerator<RepoSummary, void, undefined> {
  const { repoType, expand = [], limit, signal } = query;
  let left = limit === undefined ? Infinity : checkCount('limit', limit);
  const url = `${endpoint}/api/${apiSegment(repoType)}?${searchParameters(query).toString()}`;
  for await (const page of readPages({ http, url, question: { endpoint, repo: '' }, signal })) {
    for (const summary of readSummaries(page, expand)) {
      yield summary;
      left -= 1;
      if (left === 0) return;
    }
  }
}
