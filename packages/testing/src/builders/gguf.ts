import { ggufTensorTypes, type GgufTensorType } from './ggml-types.ts';
import { numberBytes, type NumberType } from './number-bytes.ts';
import type { SynchronousContent } from './safetensors.ts';
import { seededBytes } from './seeded-bytes.ts';

const valueTypes = {
  u8: 0,
  i8: 1,
  u16: 2,
  i16: 3,
  u32: 4,
  i32: 5,
  f32: 6,
  bool: 7,
  string: 8,
  array: 9,
  u64: 10,
  i64: 11,
  f64: 12,
} as const;

/** A metadata value with its type in the file. */
export type GgufValue =
  | { readonly type: NumberType; readonly value: number | bigint }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | {
      readonly type: 'array';
      readonly of: Exclude<GgufValue['type'], 'array'>;
      readonly value: readonly (string | number | bigint | boolean)[];
    };

/** One tensor; `shape` in GGUF's order, the fastest dimension first. */
export interface GgufTensorDefinition {
  readonly type: GgufTensorType;
  readonly shape: readonly number[];
}

/** What {@link buildGguf} builds. */
export interface GgufDefinition {
  /** A plain string, whole number or boolean becomes `string`, `u32` and `bool`; an array of strings `array`. */
  readonly metadata: Readonly<Record<string, GgufValue | string | number | boolean | readonly string[]>>;
  readonly tensors: Readonly<Record<string, GgufTensorDefinition>>;
  /** @default 3 */
  readonly version?: 1 | 2 | 3;
  /** @default false */
  readonly bigEndian?: boolean;
  /** @default 1 */
  readonly fillSeed?: number;
}

const ALIGNMENT = 32;

/**
 * A valid GGUF file: typed metadata, tensor list, aligned tensor data of seeded bytes.
 *
 * @throws RangeError when a row of a tensor is no multiple of its type's block
 */
export function buildGguf(definition: GgufDefinition): Uint8Array {
  const content = lazyGguf(definition);
  return content.read(0, content.sizeBytes);
}

/** The same file as {@link buildGguf}, made as it is read: shapes may be genuine ones of many gigabytes. */
export function lazyGguf({
  metadata,
  tensors,
  version = 3,
  bigEndian = false,
  fillSeed = 1,
}: GgufDefinition): SynchronousContent {
  const writer = createWriter({ bigEndian, wide: version > 1 });
  const values = Object.entries(metadata);
  writer.bytes(new TextEncoder().encode('GGUF'));
  writer.number('u32', version);
  writer.count(Object.keys(tensors).length);
  writer.count(values.length);
  for (const [key, value] of values) {
    writer.string(key);
    writer.typedValue(typed(value));
  }
  let offset = 0;
  for (const [name, { type, shape }] of Object.entries(tensors)) {
    const [code, blockElements, blockBytes] = ggufTensorTypes[type];
    if ((shape[0] ?? 1) % blockElements !== 0)
      throw new RangeError(`${name}: rows are no multiple of ${blockElements}`);
    writer.string(name);
    writer.number('u32', shape.length);
    for (const dimension of shape) writer.count(dimension);
    writer.number('u32', code);
    writer.number('u64', offset);
    const elements = shape.reduce((product, dimension) => product * dimension, 1);
    offset = aligned(offset + (elements / blockElements) * blockBytes);
  }
  const head = writer.result();
  const dataStart = aligned(head.length);
  const sizeBytes = dataStart + offset;
  return {
    sizeBytes,
    read(from, length) {
      const end = Math.min(sizeBytes, from + length);
      const result = new Uint8Array(Math.max(0, end - from));
      if (from < head.length) result.set(head.subarray(from, end));
      const begin = Math.max(from, dataStart);
      if (end <= begin) return result;
      const fill = { seed: fillSeed, offsetBytes: begin - dataStart, sizeBytes: end - begin };
      result.set(seededBytes(fill), begin - from);
      return result;
    },
  };
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function typed(value: GgufDefinition['metadata'][string]): GgufValue {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return { type: 'bool', value };
  if (typeof value === 'number') return { type: 'u32', value };
  return 'type' in value ? value : { type: 'array', of: 'string', value };
}

interface Writer {
  bytes(bytes: Uint8Array): void;
  number(type: NumberType, value: number | bigint): void;
  count(value: number): void;
  string(value: string): void;
  typedValue(value: GgufValue): void;
  result(): Uint8Array;
}

function createWriter({ bigEndian, wide }: { readonly bigEndian: boolean; readonly wide: boolean }): Writer {
  const chunks: Uint8Array[] = [];
  const plain = (type: Exclude<GgufValue['type'], 'array'>, value: string | number | bigint | boolean): void => {
    if (type === 'string') writer.string(String(value));
    else if (type === 'bool') writer.bytes(Uint8Array.of(value === true ? 1 : 0));
    else writer.number(type, typeof value === 'bigint' ? value : Number(value));
  };
  const writer: Writer = {
    bytes: (bytes) => void chunks.push(bytes),
    number(type, value) {
      chunks.push(numberBytes(type, { value, littleEndian: !bigEndian }));
    },
    count: (value) => writer.number(wide ? 'u64' : 'u32', value),
    string(value) {
      const bytes = new TextEncoder().encode(value);
      writer.count(bytes.length);
      writer.bytes(bytes);
    },
    typedValue(value) {
      writer.number('u32', valueTypes[value.type]);
      if (value.type !== 'array') return plain(value.type, value.value);
      writer.number('u32', valueTypes[value.of]);
      writer.count(value.value.length);
      for (const element of value.value) plain(value.of, element);
    },
    result: () => new Uint8Array(Buffer.concat(chunks)),
  };
  return writer;
}
