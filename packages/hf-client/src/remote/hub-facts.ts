import { isSha1 } from '@modelkeep/core';
import type { HttpAnswer } from '@modelkeep/network';
import { linkedFacts, type LinkedFacts } from '../resolve/linked-facts.ts';

/** What a hub told of a file on the way to its bytes. */
export interface HubFacts extends LinkedFacts {
  readonly commit: string | null;
}

const NOTHING: HubFacts = { commit: null, etag: null, sha256: null, gitSha1: null, xetHash: null, sizeBytes: null };

/**
 * The facts of the answer that names a commit: that is the hub's own, and only there is the ETag a hash of the content.
 * The ETag of the server that has the bytes may look like one and is none.
 */
export function hubFacts({ hops, headers }: HttpAnswer): HubFacts {
  const told = [...hops.map((hop) => hop.headers), headers].find((each) => isSha1(each['x-repo-commit'] ?? ''));
  return told === undefined ? NOTHING : { ...linkedFacts(told), commit: told['x-repo-commit'] ?? null };
}
