// oxlint-disable-next-line eslint/no-control-regex -- control characters are what is taken out
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g;

/** @internal A text of a file's header for people: no control or direction characters, bounded, null when empty. */
export function cleanText(text: string | undefined | null, maxLength: number): string | null {
  if (text === undefined || text === null) return null;
  const cleaned = text
    .slice(0, maxLength * 2)
    .replaceAll(CONTROLS, '')
    .trim()
    .slice(0, maxLength);
  return cleaned === '' || cleaned === 'None' ? null : cleaned;
}

/** @internal The parts of a list that is written with commas; null when there is none. */
export function cleanList(parts: readonly string[], limits = { parts: 64, length: 128 }): readonly string[] | null {
  const cleaned = parts.slice(0, limits.parts).flatMap((part) => cleanText(part, limits.length) ?? []);
  return cleaned.length === 0 ? null : [...new Set(cleaned)];
}
