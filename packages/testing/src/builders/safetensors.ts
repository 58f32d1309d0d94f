import type { LazyContent } from '../hub/repo-definition.ts';
import { seededBytes } from './seeded-bytes.ts';

/** Dtypes as the safetensors format names them. */
export type SafetensorsDtype =
  | 'F4'
  | 'F6_E2M3'
  | 'F6_E3M2'
  | 'BOOL'
  | 'U8'
  | 'I8'
  | 'F8_E5M2'
  | 'F8_E4M3'
  | 'F8_E8M0'
  | 'I16'
  | 'U16'
  | 'F16'
  | 'BF16'
  | 'I32'
  | 'U32'
  | 'F32'
  | 'I64'
  | 'U64'
  | 'F64';

/** Bits of one element by dtype. */
export const safetensorsDtypeBits: Readonly<Record<SafetensorsDtype, number>> = {
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  I64: 64,
  U64: 64,
  F64: 64,
};

/** One tensor of a file to build. */
export interface TensorDefinition {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** Its bytes. @default seeded bytes */
  readonly fill?: 'seeded' | 'zeros' | Uint8Array;
}

/** What {@link buildSafetensors} builds. */
export interface SafetensorsDefinition {
  /** In file order. */
  readonly tensors: Readonly<Record<string, TensorDefinition>>;
  /** The header's `__metadata__`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** @default 1 */
  readonly fillSeed?: number;
}

/** Content that is made when it is read, at once. */
export interface SynchronousContent extends LazyContent {
  read(offsetBytes: number, lengthBytes: number): Uint8Array;
}

/**
 * A valid safetensors file: a header padded to 8 bytes, then the tensors without gaps.
 *
 * @example
 * ```ts
 * import { buildSafetensors } from '@modelkeep/testing';
 *
 * const bytes = buildSafetensors({ tensors: { emb_params: { dtype: 'F32', shape: [8, 768] } } });
 * ```
 * @throws RangeError when a tensor does not fill whole bytes, or its `fill` has another size
 */
export function buildSafetensors(definition: SafetensorsDefinition): Uint8Array {
  const content = lazySafetensors(definition);
  return content.read(0, content.sizeBytes);
}

/** The same file as {@link buildSafetensors}, made as it is read: shapes may be genuine ones of many gigabytes. */
export function lazySafetensors({ tensors, metadata, fillSeed = 1 }: SafetensorsDefinition): SynchronousContent {
  const header: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  if (metadata !== undefined) header['__metadata__'] = metadata;
  const special: { begin: number; end: number; fill: 'zeros' | Uint8Array }[] = [];
  let dataBytes = 0;
  for (const [name, { dtype, shape, fill = 'seeded' }] of Object.entries(tensors)) {
    const end = dataBytes + tensorBytes(name, { dtype, shape });
    if (fill instanceof Uint8Array && fill.length !== end - dataBytes)
      throw new RangeError(`${name}: fill has another size`);
    if (fill !== 'seeded') special.push({ begin: dataBytes, end, fill });
    header[name] = { dtype, shape, data_offsets: [dataBytes, end] };
    dataBytes = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const head = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - 8), true);
  head.set(text, 8);
  const sizeBytes = head.length + dataBytes;

  const read = (offset: number, length: number): Uint8Array => {
    const stop = Math.min(sizeBytes, offset + length);
    const result = new Uint8Array(Math.max(0, stop - offset));
    if (offset < head.length) result.set(head.subarray(offset, stop));
    const begin = Math.max(0, offset - head.length);
    const end = stop - head.length;
    if (end <= begin) return result;
    const at = begin + head.length - offset;
    result.set(seededBytes({ seed: fillSeed, offsetBytes: begin, sizeBytes: end - begin }), at);
    for (const part of special) {
      const from = Math.max(begin, part.begin);
      const to = Math.min(end, part.end);
      if (from >= to) continue;
      if (part.fill === 'zeros') result.fill(0, at + from - begin, at + to - begin);
      else result.set(part.fill.subarray(from - part.begin, to - part.begin), at + from - begin);
    }
    return result;
  };
  return { sizeBytes, read };
}

function tensorBytes(name: string, { dtype, shape }: TensorDefinition): number {
  const bits = shape.reduce((product, dimension) => product * dimension, safetensorsDtypeBits[dtype]);
  if (bits % 8 !== 0) throw new RangeError(`${name}: ${dtype} ${shape.join('×')} does not fill whole bytes`);
  return bits / 8;
}
