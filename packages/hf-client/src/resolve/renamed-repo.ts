import { isModelkeepError } from '@modelkeep/core';
import { checkRepoId } from '../urls/repo-id.ts';
import { typePrefix, type RepoType } from '../urls/repo-type.ts';

/** Whose redirect it is. */
export interface RenamedRepoOptions {
  readonly endpoint: string;
  readonly repoType?: RepoType | undefined;
}

/**
 * Tells the redirect of a renamed repo (to another `…/{id}/resolve/…` of the same hub) from the redirect to the bytes
 * (to `/api/resolve-cache/…` or to another origin).
 *
 * @returns the new id, or null when the target is no resolve URL of this hub
 */
export function renamedRepo(target: URL, { endpoint, repoType }: RenamedRepoOptions): string | null {
  const { origin, pathname } = new URL(endpoint);
  const base = `${pathname.replace(/\/+$/, '')}/${typePrefix(repoType)}`;
  if (target.origin !== origin || !target.pathname.startsWith(base)) return null;
  const segments = target.pathname.slice(base.length).split('/');
  if (segments[0] === 'api') return null;
  const idLength = segments[2] === 'resolve' ? 2 : 1;
  if (segments[idLength] !== 'resolve' || segments.length < idLength + 3) return null;
  try {
    return checkRepoId(segments.slice(0, idLength).join('/'));
  } catch (error) {
    if (isModelkeepError(error, 'hub.invalid-reference')) return null;
    throw error;
  }
}
