/** One member of a zip file, as the directory at its end describes it. */
export interface ZipEntry {
  readonly name: string;
  readonly flags: number;
  /** 0: stored, 8: deflated. */
  readonly method: number;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly sizeBytes: number;
  /** Place of its local header. */
  readonly headerOffset: number;
}

export const LOCAL_HEADER = 0x04034b50;
export const CENTRAL_ENTRY = 0x02014b50;
export const END_OF_DIRECTORY = 0x06054b50;
export const ZIP64_END = 0x06064b50;
export const ZIP64_LOCATOR = 0x07064b50;
export const DATA_DESCRIPTOR = 0x08074b50;
/** Says that sizes and checksum stand behind the data. */
export const SIZES_BEHIND = 0x0008;
/** Compression level, sizes behind, UTF-8: flags that say nothing about the bytes themselves. */
export const PLAIN_FLAGS: number = 0x0006 | SIZES_BEHIND | 0x0800;
export const ZIP64 = 0xffffffff;

/** @internal The 64-bit fields of a zip64 extra field, in their order. */
export function zip64Fields(extra: DataView): readonly number[] {
  for (let at = 0; at + 4 <= extra.byteLength;) {
    const id = extra.getUint16(at, true);
    const length = extra.getUint16(at + 2, true);
    if (id === 0x0001) {
      const fields: number[] = [];
      for (let field = at + 4; field + 8 <= Math.min(at + 4 + length, extra.byteLength); field += 8) {
        fields.push(Number(extra.getBigUint64(field, true)));
      }
      return fields;
    }
    at += 4 + length;
  }
  return [];
}
