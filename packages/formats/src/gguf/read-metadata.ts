import type { FieldReader } from './field-reader.ts';
import type { GgufLimits } from './limits.ts';
import { valueBytes, type GgufArray, type GgufScalar, type GgufValue, type GgufValueType } from './value-types.ts';

/** @internal The key-value pairs of a header. */
export async function readMetadata(
  reader: FieldReader,
  count: number,
  limits: GgufLimits,
): Promise<Map<string, GgufValue>> {
  const metadata = new Map<string, GgufValue>();
  for (let index = 0; index < count; index += 1) {
    const key = await reader.string('a metadata key');
    if (metadata.has(key)) throw reader.invalid(`the metadata key ${shown(key)} occurs twice`);
    const type = await reader.valueType();
    metadata.set(key, type === 'array' ? await readArray(reader, limits) : await readScalar(reader, type));
  }
  return metadata;
}

async function readScalar(reader: FieldReader, type: GgufValueType): Promise<GgufScalar> {
  return type === 'string' ? reader.string('a metadata value') : reader.fixed(type);
}

async function readArray(reader: FieldReader, limits: GgufLimits): Promise<GgufArray> {
  const elementType = await reader.valueType();
  const length = await arrayLength(reader, elementType, limits);
  if (elementType === 'array' || length > limits.keptArrayElements) {
    const budget = { left: limits.maxMetadataKeys };
    await skipElements(reader, { elementType, length, limits, depth: 1, budget });
    return { elementType, length, values: null };
  }
  const values: GgufScalar[] = [];
  for (let index = 0; index < length; index += 1) values.push(await readScalar(reader, elementType));
  return { elementType, length, values };
}

async function arrayLength(reader: FieldReader, type: GgufValueType, limits: GgufLimits): Promise<number> {
  // A string takes at least its length field (4 bytes in version 1), an array its type and length.
  const minBytes = valueBytes(type) ?? (type === 'string' ? 4 : 8);
  return reader.countOf('the length of an array', { minBytes, limit: limits.maxArrayElements });
}

interface Elements {
  readonly elementType: GgufValueType;
  readonly length: number;
  readonly limits: GgufLimits;
  readonly depth: number;
  /** Arrays in arrays that may still be read. */
  readonly budget: { left: number };
}

async function skipElements(reader: FieldReader, elements: Elements): Promise<void> {
  const { elementType, length, limits, depth, budget } = elements;
  const bytes = valueBytes(elementType);
  if (bytes !== null) return reader.skip(bytes * length, 'an array');
  if (elementType === 'string') return reader.skipStrings(length);
  if (depth >= limits.maxArrayDepth) throw reader.invalid(`arrays nested more than ${limits.maxArrayDepth} deep`);
  budget.left -= length;
  if (budget.left < 0) throw reader.invalid(`more than ${limits.maxMetadataKeys} arrays in one array`);
  for (let index = 0; index < length; index += 1) {
    const innerType = await reader.valueType();
    const innerLength = await arrayLength(reader, innerType, limits);
    await skipElements(reader, { ...elements, elementType: innerType, length: innerLength, depth: depth + 1 });
  }
  return undefined;
}

function shown(key: string): string {
  return JSON.stringify(key.slice(0, 120));
}
