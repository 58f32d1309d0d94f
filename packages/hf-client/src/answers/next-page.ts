const MAX_HEADER_CHARS = 16_384;

/**
 * The URL of the next page in a `Link` header (RFC 8288): `<url>; rel="next"`.
 *
 * @returns as it stands there, possibly relative, or null on the last page
 */
export function nextPageLink(link: string | undefined): string | null {
  const text = (link ?? '').slice(0, MAX_HEADER_CHARS);
  for (let from = 0; from < text.length;) {
    const open = text.indexOf('<', from);
    const close = text.indexOf('>', open + 1);
    if (open === -1 || close === -1) return null;
    const nextOpen = text.indexOf('<', close);
    const parameters = text.slice(close + 1, nextOpen === -1 ? undefined : nextOpen).split(/[;,]/);
    if (parameters.some((parameter) => /^rel="?next"?$/i.test(parameter.trim()))) return text.slice(open + 1, close);
    from = close + 1;
  }
  return null;
}
