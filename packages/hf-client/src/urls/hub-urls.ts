import { checkRepoId } from './repo-id.ts';
import { encodeResolvePath, encodeTreePath } from './repo-path.ts';
import { encodeRevision } from './revision.ts';

/** `…/api/models/{id}[/revision/{rev}]` */
export function infoUrl(endpoint: string, repo: string, revision: string | undefined): string {
  const base = `${endpoint}/api/models/${checkRepoId(repo)}`;
  return revision === undefined ? base : `${base}/revision/${encodeRevision(revision)}`;
}

/** What names a tree. */
export interface TreeUrlOptions {
  readonly repo: string;
  readonly revision: string;
  /** A folder; the root when it is left out. */
  readonly path?: string | undefined;
  readonly recursive: boolean;
}

/** `…/api/models/{id}/tree/{rev}[/{path}][?recursive=true]` */
export function treeUrl(endpoint: string, options: TreeUrlOptions): string {
  const base = `${endpoint}/api/models/${checkRepoId(options.repo)}/tree/${encodeRevision(options.revision)}`;
  const folder = options.path === undefined || options.path === '' ? '' : `/${encodeTreePath(options.path)}`;
  return `${base}${folder}${options.recursive ? '?recursive=true' : ''}`;
}

/** What names a file. */
export interface ResolveUrlOptions {
  readonly repo: string;
  readonly revision: string;
  readonly path: string;
}

/** `…/{id}/resolve/{rev}/{path}` */
export function resolveUrl(endpoint: string, { repo, revision, path }: ResolveUrlOptions): string {
  return `${endpoint}/${checkRepoId(repo)}/resolve/${encodeRevision(revision)}/${encodeResolvePath(path)}`;
}
