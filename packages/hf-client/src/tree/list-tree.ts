import { readPages } from '../answers/pages.ts';
import type { HubContext } from '../client/hub-context.ts';
import type { ListTreeOptions } from '../client/hub-client.ts';
import { treeUrl } from '../urls/hub-urls.ts';
import { parseEntries } from './entry-schema.ts';
import type { RepoEntry } from './repo-entry.ts';

/** Lists `GET /api/models/{id}/tree/{rev}[/{path}]`, page after page. */
export async function* listTree(
  { http, endpoint }: HubContext,
  repo: string,
  options: ListTreeOptions,
): AsyncGenerator<RepoEntry, void, undefined> {
  const { repoType, revision, path, recursive = true, signal } = options;
  const url = treeUrl(endpoint, { repo, repoType, revision, path, recursive });
  const question = { endpoint, repo, repoType, revision, path: path === '' ? undefined : path };
  for await (const page of readPages({ http, url, question, signal })) yield* parseEntries(page.url, page.value);
}
