// RFC 9110, 8.8.3: opaque-tag = DQUOTE *etagc DQUOTE, without obs-text; a weak one starts with W/.
const STRONG_ETAG = /^"[\x21\x23-\x7e]{0,1024}"$/;

/** @internal Whether a text is a strong ETag in its quotes: only such a one may go into `If-Range`. */
export function isStrongEtag(value: unknown): value is string {
  return typeof value === 'string' && STRONG_ETAG.test(value);
}

/** @internal The strong ETag of an answer, or null. */
export function strongEtagOf(headers: Readonly<Record<string, string>>): string | null {
  const etag = headers['etag']?.trim();
  return isStrongEtag(etag) ? etag : null;
}

/** @internal An ETag as it is compared: without `W/` and quotes. */
export function bareEtag(etag: string): string {
  return etag
    .trim()
    .replace(/^W\//, '')
    .replace(/^"(.*)"$/, '$1');
}
