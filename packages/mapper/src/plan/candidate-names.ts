import { extname } from 'node:path';

const MAX_NAME_BYTES = 255;
const DIGEST_LENGTHS = [8, 16, 64];

/** @internal */
export interface CandidateNamesOptions {
  readonly baseName: string;
  /** 64 hex. */
  readonly digest: string;
  /** Whether the name ends in an extension that has to stay at its end. */
  readonly isFile: boolean;
}

/** @internal The names that a model may get, the wanted one first: then with more and more of its digest. */
export function candidateNames({ baseName, digest, isFile }: CandidateNamesOptions): readonly string[] {
  const extension = isFile ? extname(baseName) : '';
  const stem = baseName.slice(0, baseName.length - extension.length);
  const withDigest = DIGEST_LENGTHS.map((length) => {
    const suffix = `-${digest.slice(0, length)}${extension}`;
    return `${shorten(stem, MAX_NAME_BYTES - Buffer.byteLength(suffix))}${suffix}`;
  });
  return [baseName, ...withDigest];
}

/** The longest beginning that fits, without cutting a character in two. */
function shorten(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let short = '';
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    short += character;
  }
  return short;
}
