import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadBlake3 } from './blake3.ts';
import { createHasherSet } from './hasher-set.ts';
import type { Digests, HashAlgorithm } from './hasher.ts';

const blake3 = loadBlake3(undefined);
const all = ['sha256', 'git-sha1', 'crc32', 'autov1', 'autov2', 'autov3', 'tensor'] as const;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
/** Bytes that never repeat in step with a chunk. */
const noise = (sizeBytes: number): Buffer =>
  Buffer.from(Uint8Array.from({ length: sizeBytes }, (_, at) => (at * 31 + (at >> 8) * 7 + (at >> 16)) & 0xff));

function digestsOf<A extends HashAlgorithm>(
  bytes: Uint8Array,
  algorithms: readonly A[],
  chunkBytes = Number.POSITIVE_INFINITY,
): Digests<A> {
  const hashers = createHasherSet({ algorithms, blake3, sizeBytes: bytes.byteLength });
  const step = Math.min(chunkBytes, bytes.byteLength);
  for (let at = 0; at < bytes.byteLength; at += step) hashers.update(bytes.subarray(at, at + step));
  return hashers.digests() as Digests<A>;
}

function safetensors(header: string, tensors: Uint8Array): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([length, Buffer.from(header), tensors]);
}

describe('AutoV1', () => {
  const from = 0x10_0000;
  it.each([
    ['one byte there', from + 1],
    ['part of the window', from + 1_000],
    ['the window', 0x11_0000],
    ['more', 0x11_0000 + 5],
  ])('is of 64 KiB behind the first MiB in a file with %s', (_name, sizeBytes) => {
    const bytes = noise(sizeBytes);
    const expected = sha256(bytes.subarray(from, 0x11_0000)).slice(0, 8);
    for (const chunkBytes of [65_537, 1_048_576, sizeBytes]) {
      expect(digestsOf(bytes, ['autov1'], chunkBytes).autov1).toBe(expected);
    }
  });

  it.each([0, 1, from - 1, from])('is none for a file of %i bytes, not the hash of nothing', (sizeBytes) => {
    expect(digestsOf(noise(sizeBytes), ['autov1']).autov1).toBeNull();
  });
});

describe('the tensor hash and AutoV3', () => {
  const tensors = noise(5_000);
  const header = '{"a":{"dtype":"U8","shape":[5000],"data_offsets":[0,5000]}}';

  it('are of what stands behind the header, however the bytes come', () => {
    const bytes = safetensors(header, tensors);
    for (const chunkBytes of [1, 7, 8, 9, 67, 68, 4_096, bytes.byteLength]) {
      const digests = digestsOf(bytes, ['autov3', 'tensor'], chunkBytes);
      expect(digests).toEqual({ tensor: sha256(tensors), autov3: sha256(tensors).slice(0, 12) });
    }
  });

  it('survive an edit of the header, which the hash of the file does not', () => {
    const before = digestsOf(safetensors(header, tensors), all);
    const after = digestsOf(safetensors(`{"__metadata__":{"title":"x"},${header.slice(1)}`, tensors), all);
    expect(after.tensor).toBe(before.tensor);
    expect(after.sha256).not.toBe(before.sha256);
    expect(after.autov2).not.toBe(before.autov2);
  });

  const long = Buffer.alloc(8);
  long.writeBigUInt64LE(100_000_001n);
  const endless = Buffer.alloc(8, 0xff);
  it.each([
    ['an empty file', Buffer.alloc(0)],
    ['a length and nothing else', Buffer.alloc(8, 1)],
    ['another format', Buffer.from('GGUF\x03\0\0\0{ and more of it')],
    ['a header that is no object', safetensors('[1,2,3]', tensors)],
    ['a header that ends before it begins', Buffer.concat([Buffer.alloc(8), Buffer.from('{'), tensors])],
    ['a header of one byte', safetensors('{', tensors)],
    ['a header longer than the format allows', Buffer.concat([long, Buffer.from('{}'), tensors])],
    ['a length beyond all numbers', Buffer.concat([endless, Buffer.from('{}'), tensors])],
    ['a header that goes beyond the end', safetensors(header, tensors).subarray(0, 40)],
    ['a header and no tensors', safetensors('{}', Buffer.alloc(0))],
  ])('are none for %s', (_name, bytes) => {
    for (const chunkBytes of [1, 5, bytes.byteLength]) {
      expect(digestsOf(bytes, ['autov3', 'tensor'], chunkBytes)).toEqual({ autov3: null, tensor: null });
    }
  });
});

describe('the sample of tensors', () => {
  const [mebibyte, sampled] = [1_048_576, 16_384];
  const tensors = noise(2 * mebibyte + 20_000);
  const bytes = safetensors('{"a":{}}', tensors);

  it('is of the first 16 KiB of each MiB, however the bytes come', () => {
    const starts = [0, mebibyte, 2 * mebibyte].map((at) => tensors.subarray(at, at + sampled));
    const expected = sha256(Buffer.concat([...starts, Buffer.from(String(tensors.byteLength))]));
    for (const chunkBytes of [5_000, 65_537, mebibyte, bytes.byteLength]) {
      expect(digestsOf(bytes, ['tensor-sample'], chunkBytes)).toEqual({ 'tensor-sample': expected });
    }
  });

  it('survives an edit of the header, and no other length or other bytes in it', () => {
    const of = (data: Uint8Array): string | null => digestsOf(data, ['tensor-sample'])['tensor-sample'];
    expect(of(safetensors('{"a":{},"__metadata__":{}}', tensors))).toBe(of(bytes));
    expect(of(safetensors('{"a":{}}', tensors.subarray(1)))).not.toBe(of(bytes));
    expect(of(safetensors('{"a":{}}', tensors.subarray(0, -1)))).not.toBe(of(bytes));
    expect(of(Buffer.from('GGUF and more'))).toBeNull();
  });
});

describe('CRC-32 and AutoV2', () => {
  it('are those that everybody computes', () => {
    const bytes = Buffer.from('123456789');
    expect(digestsOf(bytes, ['crc32', 'autov2'], 4)).toEqual({ crc32: 'cbf43926', autov2: '15e2b0d3c3' });
    expect(digestsOf(Buffer.alloc(0), ['crc32', 'autov2'])).toEqual({ crc32: '00000000', autov2: 'e3b0c44298' });
  });

  it('keep their leading zeros', () => {
    expect(digestsOf(Buffer.from([0xff, 0xff, 0xff, 0xff]), ['crc32']).crc32).toBe('ffffffff');
    expect(digestsOf(Buffer.from([0x9d, 0x0a, 0xd9, 0x6d]), ['crc32']).crc32).toBe('00000000');
  });
});
