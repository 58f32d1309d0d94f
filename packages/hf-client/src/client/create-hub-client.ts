import { readModelInfo } from '../models/model-info.ts';
import { resolveFile } from '../resolve/resolve-file.ts';
import { searchModels } from '../search/search-models.ts';
import { listTree } from '../tree/list-tree.ts';
import { checkEndpoint, defaultEndpoint } from '../urls/endpoint.ts';
import { resolveUrl } from '../urls/hub-urls.ts';
import type { HubClient, HubClientOptions } from './hub-client.ts';

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
 * const { commit } = await hub.modelInfo('openai-community/gpt2');
 * for await (const entry of hub.listTree('openai-community/gpt2', { revision: commit })) {
 *   if (entry.type === 'file') console.log(entry.path, entry.sizeBytes, entry.sha256 ?? entry.gitSha1);
 * }
 * await http.close();
 * ```
 */
export function createHubClient({ http, endpoint: givenEndpoint = defaultEndpoint }: HubClientOptions): HubClient {
  const endpoint = checkEndpoint(givenEndpoint);
  return {
    endpoint,
    modelInfo: (repo, options) => readModelInfo({ ...options, http, endpoint, repo }),
    listTree: (repo, options) => listTree({ ...options, http, endpoint, repo }),
    resolveFile: (repo, path, options) => resolveFile({ ...options, http, endpoint, repo, path }),
    resolveUrl: (repo, path, revision) => resolveUrl(endpoint, { repo, path, revision }),
    searchModels: (query = {}) => searchModels({ http, endpoint, query }),
  };
}
