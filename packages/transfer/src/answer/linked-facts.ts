import { isSha1, isSha256 } from '@modelkeep/core';
import type { FetchContext } from '../fetch-context.ts';
import { sourceChanged } from '../errors.ts';
import type { TransferAnswer } from '../transfer-http.ts';
import { bareEtag } from './strong-etag.ts';

/**
 * @internal Fills up what is known of the file from the redirects of the Hub: `X-Linked-Size` and `X-Linked-ETag` are on
 * the redirect, and of an LFS file the ETag is its SHA-256, of a git file its git hash. Only the origin that the caller
 * named is believed, and what the caller said stays.
 *
 * @throws `transfer.source-changed` when the caller expects another ETag
 */
export function learnLinkedFacts(context: FetchContext, answer: TransferAnswer): void {
  const { known, sources } = context;
  const { url: sourceUrl, expectedEtag } = sources.current;
  const { origin } = new URL(sourceUrl);
  const asked = [...answer.hops, answer].filter(({ url }) => new URL(url).origin === origin);
  const linked = asked.find(({ headers }) => headers['x-linked-etag'] !== undefined)?.headers ?? {};
  const linkedEtag = bareEtag(linked['x-linked-etag'] ?? '');
  const ownEtag = asked.findLast(({ headers }) => headers['etag'] !== undefined)?.headers['etag'] ?? '';
  const etag = linkedEtag === '' ? bareEtag(ownEtag) : linkedEtag;
  if (expectedEtag !== null && etag !== '' && etag !== expectedEtag) throw sourceChanged(context);

  if (known.sha256 === null && known.gitSha1 === null) {
    if (isSha256(linkedEtag)) known.sha256 = linkedEtag;
    else if (isSha1(linkedEtag)) known.gitSha1 = linkedEtag;
  }
  const linkedSize = linked['x-linked-size']?.trim() ?? '';
  if (known.sizeBytes === null && /^\d{1,15}$/.test(linkedSize)) known.sizeBytes = Number(linkedSize);
}
