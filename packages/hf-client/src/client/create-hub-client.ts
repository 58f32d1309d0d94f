import { readAccount } from '../account/read-account.ts';
import { readRepoInfo } from '../models/read-repo-info.ts';
import { readRefs } from '../refs/read-refs.ts';
import { openHubFile } from '../remote/open-hub-file.ts';
import { resolveFile } from '../resolve/resolve-file.ts';
import { search } from '../search/search.ts';
import { listTree } from '../tree/list-tree.ts';
import { readPathsInfo } from '../tree/paths-info.ts';
import { checkEndpoint, defaultEndpoint } from '../urls/endpoint.ts';
import { resolveUrl } from '../urls/hub-urls.ts';
import type { HubClient, HubClientOptions } from './hub-client.ts';
import type { HubContext } from './hub-context.ts';

/**
 * Makes a client of a Hugging Face Hub.
 *
 * @throws `core.invalid-argument` for an endpoint that is not a plain http or https URL
 * @example
 * ```ts
 * import { createHubClient } from '@modelkeep/hf-client';
 * import { createHttpClient } from '@modelkeep/network';
 *
 * const http = createHttpClient();
 * const hub = createHubClient({ http });
 * const { commit } = await hub.repoInfo('openai-community/gpt2');
 * for await (const entry of hub.listTree('openai-community/gpt2', { revision: commit })) {
 *   if (entry.type === 'file') console.log(entry.path, entry.sizeBytes, entry.sha256 ?? entry.gitSha1);
 * }
 * await http.close();
 * ```
 */
export function createHubClient({ http, endpoint: givenEndpoint = defaultEndpoint }: HubClientOptions): HubClient {
  const endpoint = checkEndpoint(givenEndpoint);
  const context: HubContext = { http, endpoint };
  return {
    endpoint,
    repoInfo: (repo, options = {}) => readRepoInfo(context, repo, options),
    listTree: (repo, options) => listTree(context, repo, options),
    pathsInfo: (repo, paths, options) => readPathsInfo(context, { ...options, repo, paths }),
    listRefs: (repo, options = {}) => readRefs(context, repo, options),
    resolveFile: (repo, path, options) => resolveFile(context, { ...options, repo, path }),
    resolveUrl: (repo, path, options) => resolveUrl(endpoint, { ...options, repo, path }),
    openFile: (repo, path, options) => openHubFile(context, { ...options, repo, path }),
    search: (query = {}) => search(context, query),
    whoami: ({ signal } = {}) => readAccount(context, signal),
  };
}
