import { isModelkeepError } from '@modelkeep/core';
import { invalidReference } from '../urls/invalid-reference.ts';
import { checkRepoId } from '../urls/repo-id.ts';
import { checkRepoPath } from '../urls/repo-path.ts';
import { checkRevision } from '../urls/revision.ts';
import type { HubReference } from './hub-reference.ts';

/**
 * Checks the parts of a reference; one slash at the end of the path is left out, and an empty path is none.
 *
 * @param reference - the whole text, for the error
 * @throws `hub.invalid-reference`
 */
export function toHubReference(
  reference: string,
  parts: { readonly repo: string; readonly revision: string | null; readonly path: string },
): HubReference {
  const path = parts.path.endsWith('/') ? parts.path.slice(0, -1) : parts.path;
  try {
    return {
      repo: checkRepoId(parts.repo),
      revision: parts.revision === null ? null : checkRevision(parts.revision),
      path: path === '' ? null : checkRepoPath(path),
    };
  } catch (error) {
    if (isModelkeepError(error, 'hub.invalid-reference')) throw invalidReference(reference, error.facts.reason);
    throw error;
  }
}

/**
 * Decodes the percent-encoding of a part.
 *
 * @throws `hub.invalid-reference`
 */
export function decodePart(reference: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // decodeURIComponent throws for nothing but malformed input.
    throw invalidReference(reference, 'a % is not followed by the code of a character: write %25 for a plain %');
  }
}
