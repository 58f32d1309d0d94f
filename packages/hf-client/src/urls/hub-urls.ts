import { checkRepoId } from './repo-id.ts';
import { encodeResolvePath, encodeTreePath } from './repo-path.ts';
import { apiSegment, typePrefix, type RepoType } from './repo-type.ts';
import { encodeRevision } from './revision.ts';

/** What names a repo. */
export interface RepoAddress {
  readonly repo: string;
  /** @default 'model' */
  readonly repoType?: RepoType | undefined;
}

/** `…/api/models/{id}` */
function apiUrl(endpoint: string, { repo, repoType }: RepoAddress): string {
  return `${endpoint}/api/${apiSegment(repoType)}/${checkRepoId(repo)}`;
}

/** `…/{id}`: the page for people. */
export function pageUrl(endpoint: string, { repo, repoType }: RepoAddress): string {
  return `${endpoint}/${typePrefix(repoType)}${repo}`;
}

/** What names a repo at a revision. */
export interface InfoUrlOptions extends RepoAddress {
  readonly revision?: string | undefined;
  /** Whether sizes and hashes of the files are asked for. */
  readonly blobs?: boolean | undefined;
}

/** `…/api/models/{id}[/revision/{rev}][?blobs=true]` */
export function infoUrl(endpoint: string, { revision, blobs, ...address }: InfoUrlOptions): string {
  const at = revision === undefined ? '' : `/revision/${encodeRevision(revision)}`;
  return `${apiUrl(endpoint, address)}${at}${blobs === true ? '?blobs=true' : ''}`;
}

/** What names a tree. */
export interface TreeUrlOptions extends RepoAddress {
  readonly revision: string;
  /** A folder; the root when it is left out. */
  readonly path?: string | undefined;
  readonly recursive: boolean;
}

/** `…/api/models/{id}/tree/{rev}[/{path}][?recursive=true]` */
export function treeUrl(endpoint: string, options: TreeUrlOptions): string {
  const base = `${apiUrl(endpoint, options)}/tree/${encodeRevision(options.revision)}`;
  const folder = options.path === undefined || options.path === '' ? '' : `/${encodeTreePath(options.path)}`;
  return `${base}${folder}${options.recursive ? '?recursive=true' : ''}`;
}

/** `…/api/models/{id}/paths-info/{rev}` */
export function pathsInfoUrl(endpoint: string, options: RepoAddress & { readonly revision: string }): string {
  return `${apiUrl(endpoint, options)}/paths-info/${encodeRevision(options.revision)}`;
}

/** `…/api/models/{id}/refs[?include_prs=1]` */
export function refsUrl(endpoint: string, options: RepoAddress & { readonly includePullRequests: boolean }): string {
  return `${apiUrl(endpoint, options)}/refs${options.includePullRequests ? '?include_prs=1' : ''}`;
}

/** What names a file. */
export interface ResolveUrlOptions extends RepoAddress {
  readonly revision: string;
  readonly path: string;
}

/** `…/{id}/resolve/{rev}/{path}` */
export function resolveUrl(endpoint: string, { repo, repoType, revision, path }: ResolveUrlOptions): string {
  const at = `resolve/${encodeRevision(revision)}/${encodeResolvePath(path)}`;
  return `${endpoint}/${typePrefix(repoType)}${checkRepoId(repo)}/${at}`;
}
