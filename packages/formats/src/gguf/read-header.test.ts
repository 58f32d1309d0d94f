import { buildGguf, buildLlamaGguf, type GgufDefinition } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../source/bytes-source.ts';
import { readGgufHeader, type GgufReadOptions } from './read-header.ts';

const small: GgufDefinition = {
  metadata: {
    'general.architecture': 'llama',
    'llama.block_count': 2,
    flag: true,
    big: { type: 'u64', value: 2n ** 60n },
    negative: { type: 'i64', value: -5 },
    byte: { type: 'u8', value: 200 },
    signed: { type: 'i8', value: -2 },
    short: { type: 'u16', value: 65_535 },
    shorts: { type: 'i16', value: -3 },
    int: { type: 'i32', value: -7 },
    double: { type: 'f64', value: 0.25 },
    ratio: { type: 'f32', value: 0.5 },
    words: ['one', 'two'],
    numbers: { type: 'array', of: 'i32', value: [1, -2, 3] },
  },
  tensors: {
    'blk.0.attn_q.weight': { type: 'Q4_K', shape: [256, 4] },
    'output_norm.weight': { type: 'F32', shape: [3] },
  },
};
const read = (bytes: Uint8Array, options?: GgufReadOptions) => readGgufHeader(bytesSource(bytes), options);

/** Where a text's bytes stand in a file. */
function find(bytes: Uint8Array, text: string): number {
  return Buffer.from(bytes).indexOf(text, 0, 'latin1');
}

describe('readGgufHeader', () => {
  for (const version of [1, 2, 3] as const) {
    for (const bigEndian of [false, true]) {
      it(`reads version ${version}, ${bigEndian ? 'big' : 'little'} endian`, async () => {
        const bytes = buildGguf({ ...small, version, bigEndian });
        const header = await read(bytes);
        expect(header).toMatchObject({ version, littleEndian: !bigEndian });
        expect(Object.fromEntries(header.metadata)).toMatchObject({
          'general.architecture': 'llama',
          'llama.block_count': 2,
          flag: true,
          big: 2n ** 60n,
          negative: -5,
          byte: 200,
          signed: -2,
          short: 65_535,
          shorts: -3,
          int: -7,
          double: 0.25,
          ratio: 0.5,
          words: { elementType: 'string', length: 2, values: ['one', 'two'] },
          numbers: { elementType: 'int32', length: 3, values: [1, -2, 3] },
        });
        expect(Object.fromEntries(header.tensors)).toEqual({
          'blk.0.attn_q.weight': { type: 'Q4_K', shape: [256, 4], dataOffset: 0, sizeBytes: 576 },
          'output_norm.weight': { type: 'F32', shape: [3], dataOffset: 576, sizeBytes: 12 },
        });
        expect(header.headerBytes + header.dataBytes).toBe(bytes.length);
        expect(header.headerBytes % 32).toBe(0);
      });
    }
  }

  it('reads across blocks and keeps only the length of a long vocabulary', async () => {
    const dimensions = { width: 256, feedForward: 256, blocks: 1, heads: 4, keyValueHeads: 4, vocabulary: 150_000 };
    const bytes = buildLlamaGguf({ dimensions, mixture: 'Q4_K_M' });
    const source = bytesSource(bytes);
    let bytesRead = 0;
    const header = await readGgufHeader({
      sizeBytes: source.sizeBytes,
      read: async (offset, length) => {
        bytesRead += length;
        return source.read(offset, length);
      },
    });
    expect(header.metadata.get('tokenizer.ggml.tokens')).toEqual({
      elementType: 'string',
      length: 150_000,
      values: null,
    });
    expect(header.metadata.get('tokenizer.ggml.eos_token_id')).toBe(2);
    expect(header.tensors.size).toBe(12);
    expect(bytesRead).toBeLessThan(header.headerBytes + 2 * 1024 * 1024);
    expect(bytesRead).toBeLessThan(bytes.length / 4);
  });

  it('passes over arrays of arrays and refuses too many and too deep ones', async () => {
    const nested = (depth: number, length = 1): Uint8Array => {
      const parts: number[] = [];
      for (let level = 0; level < depth; level += 1) parts.push(...u32(9), ...u64(length));
      return withValue([...u32(9), ...parts, ...u32(0), ...u64(0)]);
    };
    const header = await read(nested(3));
    expect(header.metadata.get('key')).toEqual({ elementType: 'array', length: 1, values: null });
    await expect(read(nested(5))).rejects.toThrow(/nested more than 4 deep/);
    await expect(
      read(withValue([...u32(9), ...u32(9), ...u64(2), ...repeat(2, [...u32(0), ...u64(0)])]), {
        limits: { maxMetadataKeys: 1 },
      }),
    ).rejects.toThrow(/more than 1 arrays/);
  });

  it.each([
    ['another magic', (view: DataView) => view.setUint32(0, 0x46554746, true), 'does not begin with "GGUF"'],
    ['version 4', (view: DataView) => view.setUint32(4, 4, true), 'version 4'],
    ['version 0', (view: DataView) => view.setUint32(4, 0, true), 'version 0'],
    [
      'more tensors than fit',
      (view: DataView) => view.setBigUint64(8, 10_000n, true),
      'the number of tensors is 10000',
    ],
    ['more tensors than 2^53', (view: DataView) => view.setBigUint64(8, 2n ** 63n, true), 'the number of tensors is'],
    ['more keys than fit', (view: DataView) => view.setBigUint64(16, 100_000n, true), 'the number of metadata keys'],
    [
      'a key longer than the file',
      (view: DataView) => view.setBigUint64(24, 1_000_000n, true),
      'the length of a metadata key',
    ],
  ])('refuses %s', async (_, change, reason) => {
    const bytes = buildGguf(small);
    change(new DataView(bytes.buffer));
    await expect(read(bytes, { path: 'm.gguf' })).rejects.toMatchObject({
      code: 'formats.invalid',
      facts: { path: 'm.gguf', reason: expect.stringContaining(reason) },
    });
  });

  it.each([
    ['an unknown value type', 'llama.block_count', 17, u32(13), 'unknown type 13'],
    ['too many dimensions', 'output_norm.weight', 18, u32(5), '5 dimensions'],
    ['a dimension beyond 2^53', 'output_norm.weight', 22, u64(2n ** 63n), 'a dimension of'],
    ['a row that is no multiple of its block', 'blk.0.attn_q.weight', 23, u64(255), 'impossible for its type'],
    ['a product beyond 2^53', 'blk.0.attn_q.weight', 31, u64(2n ** 52n), 'impossible for its type'],
    ['a tensor beyond the file', 'blk.0.attn_q.weight', 31, u64(4096), 'the file holds'],
    ['an offset that is not aligned', 'output_norm.weight', 34, u64(580), 'no multiple of 32'],
    ['an overlap', 'output_norm.weight', 34, u64(544), 'overlap at byte 544'],
    ['an offset beyond the file', 'output_norm.weight', 34, u64(1_048_576), 'the file holds'],
    ['an offset beyond 2^53', 'output_norm.weight', 34, u64(2n ** 62n), 'begins at'],
    ['a long array', 'numbers', 15, u64(1_000_000), 'the length of an array'],
  ])('refuses %s', async (_, name, after, replacement, reason) => {
    const bytes = buildGguf(small);
    bytes.set(replacement, find(bytes, name) + after);
    await expect(read(bytes)).rejects.toThrow(reason);
  });

  it('refuses a truncated header and truncated data', async () => {
    const bytes = buildGguf(small);
    await expect(read(bytes.subarray(0, 40))).rejects.toMatchObject({ code: 'formats.invalid' });
    await expect(read(bytes.subarray(0, bytes.length - 64))).rejects.toThrow(/the file holds/);
    await expect(read(new Uint8Array([0x47, 0x47]))).rejects.toThrow(/the header ends at byte 2/);
  });

  it('refuses a key and a tensor that occur twice', async () => {
    const keys = buildGguf({ metadata: { 'key.one': 1, 'key.two': 2 }, tensors: {} });
    keys.set(new TextEncoder().encode('key.one'), find(keys, 'key.two'));
    await expect(read(keys)).rejects.toThrow(/"key.one" occurs twice/);
    const tensors = buildGguf({
      metadata: {},
      tensors: { aa: { type: 'F32', shape: [1] }, bb: { type: 'F32', shape: [1] } },
    });
    tensors.set(new TextEncoder().encode('aa'), find(tensors, 'bb'));
    await expect(read(tensors)).rejects.toThrow(/"aa" occurs twice/);
  });

  it('takes an alignment from the metadata and refuses an impossible one', async () => {
    const aligned = (value: number) => buildGguf({ metadata: { 'general.alignment': value }, tensors: {} });
    await expect(read(aligned(64))).resolves.toMatchObject({ version: 3 });
    for (const value of [0, 3, 2 ** 30]) await expect(read(aligned(value))).rejects.toThrow(/general.alignment/);
  });

  it('keeps the tensors of types that are newer than the reader', async () => {
    const bytes = buildGguf(small);
    bytes.set(u32(99), find(bytes, 'output_norm.weight') + 30);
    const { tensors } = await read(bytes);
    expect(tensors.get('output_norm.weight')).toMatchObject({ type: 'type-99', sizeBytes: null });
  });

  it.each([
    ['maxTensors', { maxTensors: 1 }, 'the number of tensors'],
    ['maxMetadataKeys', { maxMetadataKeys: 3 }, 'the number of metadata keys'],
    ['maxStringBytes', { maxStringBytes: 10 }, 'the length of a metadata key'],
    ['maxKeptTextBytes', { maxKeptTextBytes: 40 }, 'the text'],
    ['maxArrayElements', { maxArrayElements: 2 }, 'the length of an array'],
    ['maxHeaderBytes', { maxHeaderBytes: 100 }, 'the length'],
  ])('stops at %s', async (_, limits, what) => {
    await expect(read(buildGguf(small), { limits, path: 'm.gguf' })).rejects.toMatchObject({
      code: 'formats.too-large',
      facts: { what, path: 'm.gguf' },
    });
  });

  it('checks the strings of arrays that it does not keep', async () => {
    const bytes = buildGguf({ metadata: { words: ['abc', 'defgh'] }, tensors: {} });
    const limits = { keptArrayElements: 0 };
    await expect(read(bytes, { limits: { ...limits, maxStringBytes: 4 } })).rejects.toMatchObject({
      code: 'formats.too-large',
    });
    bytes.set(u64(4000), find(bytes, 'defgh') - 8);
    await expect(read(bytes, { limits })).rejects.toThrow(/a string ends beyond the file/);
  });

  it('throws the reason of an aborted signal untouched', async () => {
    const reason = new Error('enough');
    await expect(read(buildGguf(small), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

function u32(value: number): number[] {
  return [...new Uint8Array(Uint32Array.of(value).buffer)];
}

function u64(value: number | bigint): number[] {
  return [...new Uint8Array(BigUint64Array.of(BigInt(value)).buffer)];
}

function repeat(times: number, bytes: readonly number[]): number[] {
  return Array.from({ length: times }, () => bytes).flat();
}

/** A file of no tensors and one key, whose typed value is given as bytes. */
function withValue(value: readonly number[]): Uint8Array {
  const key = new TextEncoder().encode('key');
  return Uint8Array.from([
    ...new TextEncoder().encode('GGUF'),
    ...u32(3),
    ...u64(0),
    ...u64(1),
    ...u64(key.length),
    ...key,
    ...value,
  ]);
}
