import { buildSafetensors, textBytes } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../source/bytes-source.ts';
import { readSafetensorsHeader } from './read-header.ts';
import { compareSafetensorsIndex, readSafetensorsIndex } from './read-index.ts';

const indexOf = (value: unknown): Uint8Array => textBytes(JSON.stringify(value));
const header = (...names: readonly string[]) =>
  readSafetensorsHeader(
    bytesSource(
      buildSafetensors({ tensors: Object.fromEntries(names.map((name) => [name, { dtype: 'F16', shape: [4] }])) }),
    ),
  );
const index = {
  metadata: { total_size: 24, note: ['x'] },
  weight_map: { a: '1.safetensors', b: '1.safetensors', c: '2.safetensors' },
};

describe('an index of shards', () => {
  it('names the file of each tensor, and their bytes', () => {
    const read = readSafetensorsIndex(indexOf(index));
    expect([...read.fileOfTensor]).toEqual(Object.entries(index.weight_map));
    expect(read.totalBytes).toBe(24);
    expect(readSafetensorsIndex(indexOf({ weight_map: {} }))).toEqual({ fileOfTensor: new Map(), totalBytes: null });
  });

  it('is compared with the shards that are here', async () => {
    const read = readSafetensorsIndex(indexOf(index));
    const first = await header('a', 'b');
    const second = await header('c');
    expect(
      compareSafetensorsIndex(
        read,
        new Map([
          ['1.safetensors', first],
          ['2.safetensors', second],
        ]),
      ),
    ).toEqual([]);
    expect(compareSafetensorsIndex(read, new Map([['1.safetensors', first]]))).toEqual([
      { kind: 'missing-file', name: '2.safetensors' },
    ]);
    const other = await header('c', 'd', 'a');
    expect(
      compareSafetensorsIndex(
        read,
        new Map([
          ['1.safetensors', await header('b')],
          ['2.safetensors', other],
        ]),
      ),
    ).toEqual([
      { kind: 'missing-tensor', name: 'a' },
      { kind: 'extra-tensor', name: 'd' },
      { kind: 'extra-tensor', name: 'a' },
      { kind: 'size', name: '32' },
    ]);
  });

  it.each([
    ['no JSON', textBytes('<html>'), /expected/],
    ['no map', indexOf({ metadata: {} }), /no "weight_map"/],
    ['two maps', textBytes('{"weight_map":{},"weight_map":{}}'), /twice/],
    ['a tensor twice', textBytes('{"weight_map":{"a":"1","a":"2"}}'), /twice/],
    ['a file elsewhere', indexOf({ weight_map: { a: '../x.safetensors' } }), /beside/],
    ['a file of Windows elsewhere', indexOf({ weight_map: { a: 'C:x' } }), /beside/],
    ['a map that is none', indexOf({ weight_map: [] }), /expected/],
    ['a size below zero', indexOf({ weight_map: {}, metadata: { total_size: -1 } }), /whole number/],
    ['more behind it', textBytes('{"weight_map":{}} x'), /end/],
  ])('with %s is refused', (_, bytes, reason) => {
    expect(() => readSafetensorsIndex(bytes, { path: 'i.json' })).toThrow(
      expect.objectContaining({
        code: 'formats.invalid',
        facts: expect.objectContaining({ path: 'i.json', reason: expect.stringMatching(reason) }),
      }),
    );
  });

  it('beyond 32 MiB is not read', () => {
    expect(() => readSafetensorsIndex(new Uint8Array(33_554_433))).toThrow(
      expect.objectContaining({ code: 'formats.too-large' }),
    );
  });
});
