import { isModelkeepError } from '@modelkeep/core';
import { checkRepoId } from '../urls/repo-id.ts';
import { checkRepoPath } from '../urls/repo-path.ts';
import type { RepoType } from '../urls/repo-type.ts';
import { checkRevision } from '../urls/revision.ts';
import type { HubReference } from './reference.ts';
import { refuseReference } from './refuse-reference.ts';

/** What is found in a text, before it is checked. */
export interface HubReferenceParts {
  readonly repoType: RepoType;
  readonly repo: string;
  readonly revision: string | null;
  readonly path: string;
}

/**
 * Checks the parts of a reference; one slash at the end of the path is left out, and an empty path is none.
 *
 * @param reference - the whole text, for the error
 * @throws `hub.invalid-reference`
 */
export function toHubReference(reference: string, parts: HubReferenceParts): HubReference {
  const path = parts.path.endsWith('/') ? parts.path.slice(0, -1) : parts.path;
  try {
    return {
      provider: 'hf',
      repoType: parts.repoType,
      repo: checkRepoId(parts.repo),
      revision: parts.revision === null ? null : checkRevision(parts.revision),
      path: path === '' ? null : checkRepoPath(path),
    };
  } catch (error) {
    if (isModelkeepError(error, 'hub.invalid-reference')) return refuseReference(reference, error.facts.reason);
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
    return refuseReference(reference, 'a % is not followed by the code of a character: write %25 for a plain %');
  }
}

/**
 * Splits what follows a repo id into the revision and the path. A `/` within a revision is written `%2F`, except in the
 * Hub's own references, which cannot mean anything else: `refs/pr/1`, `refs/convert/parquet`.
 */
export function splitRevision(segments: readonly string[]): { readonly revision: string; readonly path: string[] } {
  const [first = '', kind = ''] = segments;
  const isReference = first === 'refs' && (kind === 'pr' || kind === 'convert') && segments.length >= 3;
  const length = isReference ? 3 : 1;
  return { revision: segments.slice(0, length).join('/'), path: segments.slice(length) };
}
