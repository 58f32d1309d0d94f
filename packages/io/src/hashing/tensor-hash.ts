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

/** Each so many bytes of the tensors … */
const SAMPLE_EVERY_BYTES = 1024 * 1024;
/** … these many are read into the sample. */
const SAMPLE_BYTES = 16 * 1024;

/**
 * @internal SHA-256 of what stands behind a safetensors header. What does not begin with a length and `{` is no
 * safetensors file, whatever its name; one that ends with its header or within it has no tensors. Both have no hash.
 */
export function createTensorHash(): Hasher<string | null> {
  const hash = createHash('sha256');
  return behindHeader({ take: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') });
}

/** @internal SHA-256 of the first 16 KiB of each MiB behind the header, and of how long all of it is: it costs next to nothing. */
export function createTensorSample(): Hasher<string | null> {
  const hash = createHash('sha256');
  return behindHeader({
    take(bytes, position) {
      for (let start = -(position % SAMPLE_EVERY_BYTES); start < bytes.byteLength; start += SAMPLE_EVERY_BYTES) {
        if (start + SAMPLE_BYTES > 0) hash.update(bytes.subarray(Math.max(start, 0), start + SAMPLE_BYTES));
      }
    },
    digest: (tensorBytes) => hash.update(`${tensorBytes}`).digest('hex'),
  });
}

interface Behind {
  /** Takes the next bytes of the tensors, and how many came before. */
  readonly take: (bytes: Uint8Array, position: number) => void;
  readonly digest: (tensorBytes: number) => string;
}

function behindHeader({ take, digest }: Behind): Hasher<string | null> {
  const start = new Uint8Array(START_BYTES);
  let position = 0;
  let tensorsAt = Number.POSITIVE_INFINITY;
  return {
    update(bytes) {
      if (position < START_BYTES) {
        start.set(bytes.subarray(0, START_BYTES - position), position);
        if (position + bytes.byteLength >= START_BYTES) tensorsAt = endOfHeader(start);
      }
      if (position + bytes.byteLength > tensorsAt) {
        const skipped = Math.max(tensorsAt - position, 0);
        take(bytes.subarray(skipped), position + skipped - tensorsAt);
      }
      position += bytes.byteLength;
    },
    digest: () => (position > tensorsAt ? digest(position - tensorsAt) : null),
    dispose() {},
  };
}

function endOfHeader(start: Uint8Array): number {
  const headerBytes = Number(new DataView(start.buffer).getBigUint64(0, true));
  const isHeader = start[LENGTH_BYTES] === BRACE && headerBytes >= MIN_HEADER_BYTES && headerBytes <= MAX_HEADER_BYTES;
  return isHeader ? LENGTH_BYTES + headerBytes : Number.POSITIVE_INFINITY;
}
