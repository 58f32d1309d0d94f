import type { ByteSource } from '@modelkeep/core';
import { MAX_SAFETENSORS_HEADER_BYTES } from './detect-format.ts';

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
  if (isCutSafetensors(bytes, source.sizeBytes))
    return 'it begins like safetensors and ends within its header: it was cut short';
  return kinds.find(([beginning]) => beginning.test(head))?.[1] ?? 'the bytes begin like no known format';
}

/** The length of a header that is longer than the file, and the beginning of that header. */
function isCutSafetensors(bytes: Uint8Array, sizeBytes: number): boolean {
  if (bytes.length < 10) return false;
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(0, true);
  const isHeader = bytes[8] === 0x7b && bytes[9] === 0x22;
  return isHeader && length <= MAX_SAFETENSORS_HEADER_BYTES && Number(length) > sizeBytes - 8;
}
