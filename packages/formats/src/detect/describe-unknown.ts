import type { ByteSource } from '@modelkeep/core';

const HEAD_BYTES = 256;
const answer = 'as sites answer where a download is refused';

/** What is often found in place of a model, by how it begins. */
const kinds: readonly (readonly [beginning: RegExp, what: string])[] = [
  [/^version https:\/\/git-lfs\.github\.com\/spec\//u, 'it is a pointer of Git LFS: the model itself was not fetched'],
  [/^\s*<(?:!doctype\s+html|html|head|body)\b/iu, `it is a web page, ${answer}`],
  [/^\s*<\?xml\b/iu, `it is XML, ${answer}`],
  [/^\s*[{[]\s*(?:"|[{[\]}])/u, `it is JSON, ${answer}`],
];

/** @internal Why a file of no known format is none. */
export async function describeUnknown(source: ByteSource, signal: AbortSignal | undefined): Promise<string> {
  if (source.sizeBytes === 0) return 'the file is empty';
  const bytes = await source.read(0, Math.min(HEAD_BYTES, source.sizeBytes), signal);
  const head = new TextDecoder().decode(bytes);
  return kinds.find(([beginning]) => beginning.test(head))?.[1] ?? 'the bytes begin like no known format';
}
