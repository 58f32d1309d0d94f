import type { ByteSource, ModelFormat } from '@modelkeep/core';
import { isZip, zipMemberNames } from './zip-members.ts';

const HEAD_BYTES = 256;
const GGUF_MAGIC = 0x46554747;
/** @internal */
export const MAX_SAFETENSORS_HEADER_BYTES = 100_000_000n;
const OPENING_BRACE = 0x7b;

/** What a file is in, by its bytes alone. `diffusers` is a folder and never the answer. */
export type DetectedFormat = Exclude<ModelFormat, 'diffusers'>;

/**
 * Recognises the format of a file by its content; its name plays no part.
 *
 * @returns `unknown` unless the bytes are sure
 */
export async function detectFormat(
  source: ByteSource,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<DetectedFormat> {
  const bytes = await source.read(0, Math.min(HEAD_BYTES, source.sizeBytes), options.signal);
  const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (head.byteLength >= 8 && head.getUint32(0, true) === GGUF_MAGIC) return 'gguf';
  if (isSafetensors(head, source.sizeBytes)) return 'safetensors';
  if (isZip(head)) return (await holdsPickle(source, options.signal)) ? 'pickle' : 'unknown';
  if (isPickle(bytes)) return 'pickle';
  return isOnnx(bytes) ? 'onnx' : 'unknown';
}

function isSafetensors(head: DataView, sizeBytes: number): boolean {
  if (head.byteLength < 10) return false;
  const length = head.getBigUint64(0, true);
  return (
    length >= 2n &&
    length <= MAX_SAFETENSORS_HEADER_BYTES &&
    Number(length) <= sizeBytes - 8 &&
    head.getUint8(8) === OPENING_BRACE
  );
}

async function holdsPickle(source: ByteSource, signal: AbortSignal | undefined): Promise<boolean> {
  const names = await zipMemberNames(source, signal);
  return names?.some((name) => name === 'data.pkl' || name.endsWith('/data.pkl')) ?? false;
}

/** Protocols 2 to 5 begin with PROTO and an opcode that pickles of models begin with. */
function isPickle(bytes: Uint8Array): boolean {
  const [proto, protocol, next] = bytes;
  if (proto !== 0x80 || protocol === undefined || protocol < 2 || protocol > 5 || next === undefined) return false;
  // Containers, globals, strings, marks, and the long integer with which torch's old format begins; 0x95 is FRAME.
  return '}](cX\u008a\u0095)K'.includes(String.fromCharCode(next));
}

/** An ONNX model begins with ir_version (field 1, a small number) and names its producer (field 2). */
function isOnnx(bytes: Uint8Array): boolean {
  const [tag, version = 0, nextTag, length = 0] = bytes;
  if (tag !== 0x08 || version < 1 || version > 20 || nextTag !== 0x12 || length < 1 || length > 64) return false;
  const producer = bytes.subarray(4, 4 + length);
  const after = bytes[4 + length];
  const isText = producer.length === length && producer.every((byte) => byte >= 0x20 && byte < 0x7f);
  return isText && after !== undefined && [0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42].includes(after);
}
