export { createHubClient } from './client/create-hub-client.ts';
export type {
  HubClient,
  HubClientOptions,
  ListTreeOptions,
  ModelInfoOptions,
  ResolveFileOptions,
} from './client/hub-client.ts';
export type { RepoInfo } from './models/repo-info.ts';
export type { HubReference } from './references/hub-reference.ts';
export { parseHubReference, type ParseHubReferenceOptions } from './references/parse-hub-reference.ts';
export type { ResolvedFile } from './resolve/resolved-file.ts';
export type { RepoSummary, SearchQuery } from './search/search-query.ts';
export type { RepoEntry, RepoFileEntry, RepoFolderEntry } from './tree/repo-entry.ts';
export { defaultEndpoint } from './urls/endpoint.ts';
