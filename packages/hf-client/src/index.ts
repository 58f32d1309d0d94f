export { createHubClient } from './client/create-hub-client.ts';
export type {
  HubClient,
  HubClientOptions,
  ListRefsOptions,
  ListTreeOptions,
  OpenFileOptions,
  RepoInfoOptions,
  RepoOptions,
  RevisionOptions,
} from './client/hub-client.ts';
export type { Account, AccountOrganisation, AccountToken } from './account/account.ts';
export type { RepoInfo } from './models/repo-info.ts';
export { parseReference, type ParseReferenceOptions } from './references/parse-reference.ts';
export type {
  CivitaiFileChoice,
  CivitaiReference,
  HubReference,
  Reference,
  UrlReference,
} from './references/reference.ts';
export type { RepoRef, RepoRefs } from './refs/repo-refs.ts';
export { openRemoteFile, type OpenRemoteFileOptions } from './remote/open-remote-file.ts';
export type { RemoteFile, RemoteFileLimits } from './remote/remote-file.ts';
export type { ResolvedFile } from './resolve/resolved-file.ts';
export type { RepoSummary } from './search/repo-summary.ts';
export type { ParameterRange, SearchExpansion, SearchQuery } from './search/search-query.ts';
export { createLookup, type CreateLookupOptions } from './lookup/create-lookup.ts';
export type {
  FoundFile,
  HashVerdict,
  HubLookup,
  LookupFailure,
  LookupOptions,
  LookupResult,
  LookupSubject,
} from './lookup/lookup-types.ts';
export type { LookupHub } from './lookup/read-tree.ts';
export {
  comparableName,
  type FindTreesOptions,
  type RepoTree,
  type TreeFile,
  type TreeHit,
  type TreeKey,
  type TreeStore,
} from './lookup/repo-tree.ts';
export { toRepoTree, type ToRepoTreeOptions } from './lookup/to-repo-tree.ts';
export { variantsOf, type VariantScope } from './selection/choose/variants-of.ts';
export { describeFile } from './selection/describe/describe-file.ts';
export { describeFiles } from './selection/describe/describe-files.ts';
export type { FileDescription, ShardPosition } from './selection/describe/file-description.ts';
export type {
  FileSelection,
  LeftFile,
  LeftReason,
  SelectableFile,
  SelectedFiles,
  WeightsVariant,
} from './selection/file-selection.ts';
export { selectFiles, type SelectFilesOptions } from './selection/select-files.ts';
export type { RepoEntry, RepoFileEntry, RepoFolderEntry } from './tree/repo-entry.ts';
export { defaultEndpoint } from './urls/endpoint.ts';
export type { RepoType } from './urls/repo-type.ts';
