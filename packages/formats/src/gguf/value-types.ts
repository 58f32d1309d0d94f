/** Types of metadata values by their number in the file. */
export const ggufValueTypes = [
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'float32',
  'bool',
  'string',
  'array',
  'uint64',
  'int64',
  'float64',
] as const;
export type GgufValueType = (typeof ggufValueTypes)[number];

/** A metadata value. Whole numbers beyond 2^53 are bigints. */
export type GgufScalar = string | number | bigint | boolean;

/** An array of metadata. Long ones and arrays of arrays are kept as their length only. */
export interface GgufArray {
  readonly elementType: GgufValueType;
  readonly length: number;
  /** The elements, or null where only the length is kept. */
  readonly values: readonly GgufScalar[] | null;
}

/** What the metadata of a GGUF file holds under a key. */
export type GgufValue = GgufScalar | GgufArray;

type FixedRead = (view: DataView, littleEndian: boolean) => GgufScalar;

/** Bytes and reader of each type of fixed length. */
const fixedTypes: ReadonlyMap<GgufValueType, readonly [bytes: number, read: FixedRead]> = new Map([
  ['uint8', [1, (view) => view.getUint8(0)]],
  ['int8', [1, (view) => view.getInt8(0)]],
  ['bool', [1, (view) => view.getUint8(0) !== 0]],
  ['uint16', [2, (view, little) => view.getUint16(0, little)]],
  ['int16', [2, (view, little) => view.getInt16(0, little)]],
  ['uint32', [4, (view, little) => view.getUint32(0, little)]],
  ['int32', [4, (view, little) => view.getInt32(0, little)]],
  ['float32', [4, (view, little) => view.getFloat32(0, little)]],
  ['uint64', [8, (view, little) => small(view.getBigUint64(0, little))]],
  ['int64', [8, (view, little) => small(view.getBigInt64(0, little))]],
  ['float64', [8, (view, little) => view.getFloat64(0, little)]],
]);

/** @internal Bytes of a value of this type, or null where each says its own length. */
export function valueBytes(type: GgufValueType): number | null {
  return fixedTypes.get(type)?.[0] ?? null;
}

/** @internal A value of fixed length at the start of a view. */
export function fixedValue(view: DataView, type: GgufValueType, littleEndian: boolean): GgufScalar {
  const read = fixedTypes.get(type)?.[1];
  if (read === undefined) throw new TypeError(`${type} has no fixed length`);
  return read(view, littleEndian);
}

function small(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
