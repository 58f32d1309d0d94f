const PARAMETER = /;\s*(filename\*?)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";]+))/gi;
const MAX_CHARS = 8_192;

/**
 * @internal The file name of a Content-Disposition header (RFC 6266): `filename*` before `filename`, the first of each.
 * The name is what the server says: it has to be judged before it is used.
 *
 * @returns null where there is none that can be read
 */
export function dispositionName(header: string | undefined): string | null {
  if (header === undefined || header.length > MAX_CHARS) return null;
  const names = new Map<string, string>();
  for (const [, key = '', quoted, token] of header.matchAll(PARAMETER)) {
    const name = quoted?.replaceAll(/\\(.)/g, '$1') ?? token ?? '';
    const known = key.toLowerCase();
    if (name !== '' && !names.has(known)) names.set(known, name);
  }
  return extendedValue(names.get('filename*')) ?? names.get('filename') ?? null;
}

/** RFC 8187: `UTF-8'en'na%C3%AFve`. */
function extendedValue(text: string | undefined): string | null {
  const match = /^(utf-8|iso-8859-1)'[^']*'(.+)$/i.exec(text ?? '');
  if (match === null) return null;
  const [, charset = '', encoded = ''] = match;
  if (charset.toLowerCase() === 'utf-8') return decodedPart(encoded);
  return encoded.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** @internal A percent-encoded text, null where it is malformed. */
export function decodedPart(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded);
  } catch {
    // It throws for nothing but malformed input.
    return null;
  }
}
