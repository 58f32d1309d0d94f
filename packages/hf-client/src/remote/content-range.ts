/** What a Content-Range header tells; both ends are counted from 0 and `endBytes` is behind the last byte. */
export interface ContentRange {
  /** Null in an answer that has no part (`bytes *\/12`). */
  readonly startBytes: number | null;
  readonly endBytes: number | null;
  /** Null where the server does not tell (`bytes 0-5/*`). */
  readonly totalBytes: number | null;
}

const FORM = /^bytes (?:(\d{1,16})-(\d{1,16})|\*)\/(?:(\d{1,16})|\*)$/i;

/** Reads `bytes 0-99/1000` (RFC 9110, section 14.4); null for what is none or contradicts itself. */
export function readContentRange(header: string | undefined): ContentRange | null {
  const match = FORM.exec((header ?? '').trim());
  if (match === null) return null;
  const [first, last, total] = match.slice(1).map((digits) => (digits === undefined ? null : Number(digits)));
  const range = { startBytes: first ?? null, endBytes: isNumber(last) ? last + 1 : null, totalBytes: total ?? null };
  const { startBytes, endBytes, totalBytes } = range;
  if (startBytes !== null && endBytes !== null && startBytes >= endBytes) return null;
  if (endBytes !== null && totalBytes !== null && endBytes > totalBytes) return null;
  if (startBytes === null && totalBytes === null) return null;
  return [startBytes, endBytes, totalBytes].every((count) => count === null || Number.isSafeInteger(count))
    ? range
    : null;
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number';
}
