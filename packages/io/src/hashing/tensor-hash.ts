import { createHash } from 'node:crypto';
import type { Hasher } from './hasher.ts';

/** The length of the header, a 64-bit little-endian number, and the header's first character. */
const START_BYTES = 9;
const LENGTH_BYTES = 8;
/** The safetensors format has no longer header. */
const MAX_HEADER_BYTES = 100_000_000;
/** `{}` */
const MIN_HEADER_BYTES = 2;
const BRACE = 0x7b;

/**
 * @internal SHA-256 of what stands behind a safetensors header. What does not begin with a length and `{` is no
 * safetensors file, whatever its name; one that ends with its header or within it has no tensors. Both have no hash.
 */
export function createTensorHash(): Hasher<string | null> {
  const hash = createHash('sha256');
  const start = new Uint8Array(START_BYTES);
  let position = 0;
  let tensorsAt = Number.POSITIVE_INFINITY;
  return {
    update(bytes) {
      if (position < START_BYTES) {
        start.set(bytes.subarray(0, START_BYTES - position), position);
        if (position + bytes.byteLength >= START_BYTES) tensorsAt = endOfHeader(start);
      }
      if (position + bytes.byteLength > tensorsAt) hash.update(bytes.subarray(Math.max(tensorsAt - position, 0)));
      position += bytes.byteLength;
    },
    digest: () => (position > tensorsAt ? hash.digest('hex') : null),
    dispose() {},
  };
}

function endOfHeader(start: Uint8Array): number {
  const headerBytes = Number(new DataView(start.buffer).getBigUint64(0, true));
  const isHeader = start[LENGTH_BYTES] === BRACE && headerBytes >= MIN_HEADER_BYTES && headerBytes <= MAX_HEADER_BYTES;
  return isHeader ? LENGTH_BYTES + headerBytes : Number.POSITIVE_INFINITY;
}
