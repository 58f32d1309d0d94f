import { buildSafetensors, lazySafetensors } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../source/bytes-source.ts';
import { readSafetensorsHeader } from './read-header.ts';

/** A file with exactly this header text and so many bytes of data. */
function fileOf(header: string, dataBytes: number, declaredBytes?: bigint): Uint8Array {
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + text.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, declaredBytes ?? BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

function tensor(dtype: string, shape: readonly number[], offsets: readonly [number, number]): string {
  return `{"dtype":"${dtype}","shape":[${shape.join(',')}],"data_offsets":[${offsets.join(',')}]}`;
}

function problemOf(header: string, dataBytes: number): Promise<string> {
  return readSafetensorsHeader(bytesSource(fileOf(header, dataBytes))).then(
    () => 'accepted',
    (error: { code?: string; facts?: { reason?: string } }) => `${error.code}: ${error.facts?.reason}`,
  );
}

describe('readSafetensorsHeader', () => {
  it('reads tensors and metadata of a built file', async () => {
    const bytes = buildSafetensors({
      tensors: {
        a: { dtype: 'F32', shape: [2, 3] },
        'b"\\ö': { dtype: 'BF16', shape: [] },
        empty: { dtype: 'F16', shape: [0, 4] },
      },
      metadata: { format: 'pt', text: 'line\n"quoted"' },
    });
    const header = await readSafetensorsHeader(bytesSource(bytes));
    expect(header.tensors.get('a')).toEqual({ dtype: 'F32', shape: [2, 3], dataOffsets: [0, 24] });
    expect(header.tensors.get('b"\\ö')).toEqual({ dtype: 'BF16', shape: [], dataOffsets: [24, 26] });
    expect(header.tensors.get('empty')?.dataOffsets).toEqual([26, 26]);
    expect(header.metadata.get('text')).toBe('line\n"quoted"');
    expect(header.dataBytes).toBe(26);
    expect(header.headerBytes + 8 + 26).toBe(bytes.length);
  });

  it('accepts tensors in any order, blanks, sub-byte dtypes and fields it does not know', async () => {
    const header =
      ` {"b": ${tensor('F4', [3, 2], [1, 4])} ,\n"a":{"dtype":"U8","extra":{"x":[1,-2.5e3,null,"}"]},"shape":[1],"data_offsets":[0,1]} } `.trim();
    const { tensors } = await readSafetensorsHeader(bytesSource(fileOf(header, 4)));
    expect(tensors.get('b')?.dtype).toBe('F4');
  });

  it('keeps names that would harm plain objects', async () => {
    const header = `{"__proto__":${tensor('U8', [1], [0, 1])},"constructor":${tensor('U8', [1], [1, 2])}}`;
    const { tensors } = await readSafetensorsHeader(bytesSource(fileOf(header, 2)));
    expect([...tensors.keys()]).toEqual(['__proto__', 'constructor']);
  });

  it.each([
    ['a repeated tensor', `{"a":${tensor('U8', [1], [0, 1])},"a":${tensor('U8', [1], [0, 1])}}`, 1, 'occurs twice'],
    [
      'a tensor repeated by an escape',
      `{"a":${tensor('U8', [1], [0, 1])},"\\u0061":${tensor('U8', [1], [0, 1])}}`,
      1,
      'occurs twice',
    ],
    ['repeated metadata', '{"__metadata__":{},"__metadata__":{}}', 0, 'occurs twice'],
    ['a repeated metadata key', '{"__metadata__":{"a":"1","a":"2"}}', 0, 'occurs twice'],
    ['a repeated field', '{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1, 'occurs twice'],
    ['metadata that is no text', '{"__metadata__":{"a":1}}', 0, '""" expected'],
    ['a gap', `{"a":${tensor('U8', [1], [0, 1])},"b":${tensor('U8', [1], [2, 3])}}`, 3, 'a gap of 1 bytes at byte 1'],
    ['a gap at the start', `{"a":${tensor('U8', [1], [1, 2])}}`, 2, 'a gap'],
    ['an overlap', `{"a":${tensor('U8', [2], [0, 2])},"b":${tensor('U8', [2], [1, 3])}}`, 3, 'overlap at byte 1'],
    ['bytes after the last tensor', `{"a":${tensor('U8', [1], [0, 1])}}`, 2, 'the file holds 2'],
    ['a truncated data part', `{"a":${tensor('U8', [9], [0, 9])}}`, 2, 'the file holds 2'],
    ['a size that does not follow from the shape', `{"a":${tensor('F32', [2], [0, 4])}}`, 4, 'does not fill'],
    ['offsets the wrong way round', `{"a":${tensor('U8', [0], [1, 0])}}`, 0, 'does not fill'],
    ['a shape beyond 2^53', `{"a":${tensor('U8', [4294967296, 4294967296, 0], [0, 0])}}`, 0, 'does not fill'],
    ['half a byte', `{"a":${tensor('F4', [3], [0, 1])}}`, 1, 'does not fill'],
    ['an unknown dtype', `{"a":${tensor('F128', [1], [0, 16])}}`, 16, 'unknown dtype "F128"'],
    ['a missing shape', '{"a":{"dtype":"U8","data_offsets":[0,1]}}', 1, 'lacks'],
    ['three offsets', '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}', 1, 'lacks'],
    ['a negative dimension', '{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}', 1, 'a whole number expected'],
    ['a fraction', '{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}', 1, 'a whole number expected'],
    ['a number of 17 digits', '{"a":{"dtype":"U8","shape":[99999999999999999],"data_offsets":[0,1]}}', 1, 'expected'],
    ['a number beyond 2^53', '{"a":{"dtype":"U8","shape":[9999999999999999],"data_offsets":[0,1]}}', 1, 'below 2^53'],
    ['no object', '{"a":1}', 0, '"{" expected'],
    ['an unfinished text', '{"a":{"dtype":"U8', 0, 'the end of a string'],
    ['a wrong escape', '{"\\x":1}', 0, 'wrong escape'],
    ['text after the end', '{}x', 0, 'the end expected'],
    ['a trailing comma', `{"a":${tensor('U8', [1], [0, 1])},}`, 1, 'expected'],
    ['deep nesting', `{"a":{"x":${'['.repeat(100)}`, 0, 'nested more than 64 deep'],
    ['a value that is none', '{"a":{"x":what}}', 0, 'a value expected'],
    ['another opening', '[]', 0, 'does not begin with "{"'],
  ])('refuses %s', async (_, header, dataBytes, reason) => {
    expect(await problemOf(header, dataBytes)).toContain(`formats.invalid: `);
    expect(await problemOf(header, dataBytes)).toContain(reason);
  });

  it('refuses lengths that the file or the format cannot have, before reading', async () => {
    const read = (bytes: Uint8Array) => readSafetensorsHeader(bytesSource(bytes), { path: 'x.safetensors' });
    await expect(read(new Uint8Array(7))).rejects.toMatchObject({
      code: 'formats.invalid',
      facts: { path: 'x.safetensors' },
    });
    await expect(read(fileOf('{}', 0, 3n))).rejects.toThrow(/a header of 3 bytes in a file of 10/);
    await expect(read(fileOf('{}', 0, 2n ** 64n - 1n))).rejects.toThrow(/the format allows 100000000/);
    await expect(read(fileOf('{}', 0, 0n))).rejects.toThrow(/does not begin/);
  });

  it('refuses text that is not UTF-8', async () => {
    const bytes = fileOf('{"aa":1}', 0);
    bytes.set([0xff, 0xfe], 10);
    await expect(readSafetensorsHeader(bytesSource(bytes))).rejects.toThrow(/not UTF-8/);
  });

  it('reads at most the header it was allowed', async () => {
    const bytes = buildSafetensors({ tensors: { a: { dtype: 'U8', shape: [1] } } });
    await expect(readSafetensorsHeader(bytesSource(bytes), { maxHeaderBytes: 16 })).rejects.toMatchObject({
      code: 'formats.too-large',
      facts: { limit: 16 },
    });
  });

  it('notices a file that became shorter', async () => {
    const bytes = buildSafetensors({ tensors: { a: { dtype: 'U8', shape: [1] } } });
    const source = {
      sizeBytes: bytes.length,
      read: async (offset: number, length: number) => bytes.subarray(offset, Math.min(20, offset + length)),
    };
    await expect(readSafetensorsHeader(source)).rejects.toThrow(/became shorter/);
  });

  it('throws the reason of an aborted signal untouched', async () => {
    const reason = new Error('enough');
    const bytes = buildSafetensors({ tensors: { a: { dtype: 'U8', shape: [1] } } });
    await expect(readSafetensorsHeader(bytesSource(bytes), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('reads a header of 100,000 tensors with long escaped strings in linear time', async () => {
    const tensors = Object.fromEntries(
      Array.from({ length: 100_000 }, (_, index) => [`layers.${index}.weight`, { dtype: 'U8' as const, shape: [1] }]),
    );
    const content = lazySafetensors({ tensors, metadata: { ss_tag_frequency: '"\\'.repeat(1_000_000) } });
    const source = {
      sizeBytes: content.sizeBytes,
      read: async (offset: number, length: number) => content.read(offset, length),
    };
    const header = await readSafetensorsHeader(source);
    expect(header.tensors.size).toBe(100_000);
    expect(header.metadata.get('ss_tag_frequency')).toHaveLength(2_000_000);
  }, 20_000);
});
