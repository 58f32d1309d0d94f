/** The bytes `[startBytes, endBytes)` of a file. */
export interface ByteRange {
  readonly startBytes: number;
  readonly endBytes: number;
}

/** What a Range header asks for. */
export type RangeRequest = { readonly kind: 'whole' } | { readonly kind: 'unsatisfiable' } | RangePart;

/** One part of a file. */
interface RangePart extends ByteRange {
  readonly kind: 'part';
}

const SINGLE_RANGE = /^bytes=(\d*)-(\d*)$/;

/**
 * Reads a Range header by RFC 9110, section 14. An unknown unit, a malformed range or a list of several
 * ranges asks for the whole file, as the public CDN does.
 */
export function readRange(header: string | undefined, sizeBytes: number): RangeRequest {
  const match = SINGLE_RANGE.exec(header?.replaceAll(' ', '') ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (match === null || (first === '' && last === '')) return { kind: 'whole' };
  if (first === '') {
    const suffixBytes = Math.min(Number(last), sizeBytes);
    if (suffixBytes === 0) return { kind: 'unsatisfiable' };
    return { kind: 'part', startBytes: sizeBytes - suffixBytes, endBytes: sizeBytes };
  }
  const startBytes = Number(first);
  if (last !== '' && Number(last) < startBytes) return { kind: 'whole' };
  if (startBytes >= sizeBytes) return { kind: 'unsatisfiable' };
  return { kind: 'part', startBytes, endBytes: last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes) };
}

/** The Content-Range of a part. */
export function contentRange(range: ByteRange, sizeBytes: number): string {
  return `bytes ${range.startBytes}-${range.endBytes - 1}/${sizeBytes}`;
}
