import { buildGguf, buildPickleCheckpoint, buildSafetensors, buildZip, textBytes } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../source/bytes-source.ts';
import { detectFormat } from './detect-format.ts';

const safetensors = buildSafetensors({ tensors: { a: { dtype: 'U8', shape: [4] } } });
const onnx = Uint8Array.from([0x08, 0x09, 0x12, 0x07, ...textBytes('pytorch'), 0x1a, 0x03, ...textBytes('2.4')]);

describe('detectFormat', () => {
  it.each([
    ['safetensors', safetensors],
    ['gguf', buildGguf({ metadata: {}, tensors: {} })],
    ['gguf', buildGguf({ metadata: {}, tensors: {}, bigEndian: true })],
    ['pickle', buildPickleCheckpoint({ tensors: { a: 8 } })],
    ['pickle', Uint8Array.from([0x80, 0x02, 0x7d, 0x71, 0x00, 0x2e])],
    ['pickle', Uint8Array.from([0x80, 0x04, 0x95, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['onnx', onnx],
  ])('recognises %s by its bytes', async (format, bytes) => {
    expect(await detectFormat(bytesSource(bytes))).toBe(format);
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['a web page', textBytes('<!doctype html><html></html>')],
    ['JSON', textBytes('{"error": "not found"}')],
    ['a zip without a pickle', buildZip([{ path: 'readme.txt', bytes: textBytes('x') }])],
    ['a zip that merely mentions data.pkl', buildZip([{ path: 'data.pkl.txt', bytes: textBytes('archive/data.pkl') }])],
    ['a zip that is cut off', buildZip([{ path: 'archive/data.pkl', bytes: textBytes('x') }]).subarray(0, 60)],
    ['a safetensors length beyond the file', safetensors.subarray(0, 20)],
    ['GGUF and no more', textBytes('GGUF')],
    ['a JPEG', Uint8Array.from([0xff, 0xd8, 0xff, 0xe0])],
    ['two bytes of a pickle', Uint8Array.from([0x80, 0x02])],
    ['a byte 0x80 and noise', Uint8Array.from([0x80, 0x02, 0x00, 0x00])],
    ['a protocol buffer of another kind', Uint8Array.from([0x08, 0x09, 0x12, 0x02, 0x00, 0x01, 0x1a])],
  ])('does not guess for %s', async (_, bytes) => {
    expect(await detectFormat(bytesSource(bytes))).toBe('unknown');
  });

  it('finds the directory of a zip64 archive', async () => {
    expect(await detectFormat(bytesSource(zip64('archive/data.pkl')))).toBe('pickle');
    expect(await detectFormat(bytesSource(zip64('archive/other')))).toBe('unknown');
  });
});

/** An archive whose offsets stand in the zip64 records, as large checkpoints have it. */
function zip64(path: string): Uint8Array {
  const plain = buildZip([{ path, bytes: textBytes('x') }]);
  const body = plain.subarray(0, plain.length - 22);
  const end = plain.slice(plain.length - 22);
  const offset = new DataView(end.buffer).getUint32(16, true);
  new DataView(end.buffer).setUint32(16, 0xffffffff, true);
  new DataView(end.buffer).setUint32(12, 0xffffffff, true);
  const record = new Uint8Array(56);
  new DataView(record.buffer).setUint32(0, 0x06064b50, true);
  new DataView(record.buffer).setBigUint64(48, BigInt(offset), true);
  const locator = new Uint8Array(20);
  new DataView(locator.buffer).setUint32(0, 0x07064b50, true);
  return new Uint8Array(Buffer.concat([body, record, locator, end]));
}
