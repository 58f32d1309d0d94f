import { invalidReference } from './invalid-reference.ts';

const MAX_CHARS = 4_096;

/**
 * Checks that a path of a repo can be put into a URL without becoming another path, and gives it back. Whether it is
 * safe as a name on disk is not judged here.
 *
 * @throws `hub.invalid-reference` for empty, `.` and `..` segments (URLs resolve those), text that is not Unicode, and
 * more than 4,096 characters
 */
export function checkRepoPath(path: string): string {
  if (path.length > MAX_CHARS) throw invalidReference(path, `the path is longer than ${MAX_CHARS} characters`);
  if (!path.isWellFormed()) throw invalidReference(path, 'the path is not well-formed Unicode');
  for (const segment of path.split('/')) {
    if (segment === '') throw invalidReference(path, 'the path holds an empty segment');
    if (segment === '.' || segment === '..') throw invalidReference(path, `the path holds the segment "${segment}"`);
  }
  return path;
}

/** A path within a resolve URL: `/` stays, every other special character is percent-encoded. */
export function encodeResolvePath(path: string): string {
  return checkRepoPath(path)
    .split('/')
    .map((segment) => encodeURIComponent(segment))
    .join('/');
}

/** A path within a tree URL: `/` is percent-encoded too. */
export function encodeTreePath(path: string): string {
  return encodeURIComponent(checkRepoPath(path));
}
