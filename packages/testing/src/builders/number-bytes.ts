/** Types of numbers in binary formats: signedness and bits. */
export type NumberType = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'f32' | 'u64' | 'i64' | 'f64';

/** A number and its byte order. */
export interface NumberBytesOptions {
  readonly value: number | bigint;
  readonly littleEndian: boolean;
}

/** A number as the bytes of a type. */
export function numberBytes(type: NumberType, { value, littleEndian }: NumberBytesOptions): Uint8Array {
  const view = new DataView(new ArrayBuffer(Number(type.slice(1)) / 8));
  if (type === 'f32') view.setFloat32(0, Number(value), littleEndian);
  else if (type === 'f64') view.setFloat64(0, Number(value), littleEndian);
  else if (view.byteLength === 8) view.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), littleEndian);
  else if (view.byteLength === 4) view.setUint32(0, Number(value), littleEndian);
  else if (view.byteLength === 2) view.setUint16(0, Number(value), littleEndian);
  else view.setUint8(0, Number(value));
  return new Uint8Array(view.buffer);
}
