/** @internal A part of a file, as a server describes it. */
export interface ContentRange {
  readonly firstByte: number;
  readonly lastByte: number;
  readonly totalBytes: number;
}

/** @internal Reads `bytes 0-99/1000`; undefined for anything else, an unknown total included. */
export function parseContentRange(text: string | undefined): ContentRange | undefined {
  const found = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16})$/i.exec(text?.trim() ?? '');
  if (found === null) return undefined;
  const [firstByte, lastByte, totalBytes] = found.slice(1).map(Number) as [number, number, number];
  return firstByte <= lastByte && lastByte < totalBytes ? { firstByte, lastByte, totalBytes } : undefined;
}

/** @internal The total of a 416: `bytes` with a star and the total. */
export function parseUnsatisfiedTotal(text: string | undefined): number | undefined {
  const found = /^bytes \*\/(\d{1,16})$/i.exec(text?.trim() ?? '');
  return found === null ? undefined : Number(found[1]);
}

/** @internal The length that an answer announces, or null. */
export function contentLengthOf(headers: Readonly<Record<string, string>>): number | null {
  const text = headers['content-length']?.trim() ?? '';
  return /^\d{1,16}$/.test(text) ? Number(text) : null;
}
