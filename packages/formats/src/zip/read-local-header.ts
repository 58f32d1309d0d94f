import type { ByteSource } from '@modelkeep/core';
import { DATA_DESCRIPTOR, LOCAL_HEADER, SIZES_BEHIND, ZIP64, zip64Fields, type ZipEntry } from './zip-entry.ts';

/** Where the bytes of a member are, and where its own header and the directory disagree. */
export interface ZipLocalHeader {
  readonly dataOffset: number;
  /** The first byte behind the member, what describes its data included. */
  readonly end: number;
  readonly problems: readonly string[];
}

const FIXED_BYTES = 30;
/** A directory's name and torch's padding fit. */
const FIRST_READ_BYTES = 512;

/** @internal Reads the header before a member's bytes and compares it with the directory; null where there is none. */
export async function readZipLocalHeader(
  source: ByteSource,
  entry: ZipEntry,
  signal?: AbortSignal,
): Promise<ZipLocalHeader | null> {
  const { headerOffset } = entry;
  if (headerOffset + FIXED_BYTES > source.sizeBytes) return null;
  let bytes = await source.read(headerOffset, Math.min(FIRST_READ_BYTES, source.sizeBytes - headerOffset), signal);
  let view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < FIXED_BYTES || view.getUint32(0, true) !== LOCAL_HEADER) return null;
  const nameBytes = view.getUint16(26, true);
  const extraBytes = view.getUint16(28, true);
  const headerBytes = FIXED_BYTES + nameBytes + extraBytes;
  if (headerBytes > bytes.length) {
    bytes = await source.read(headerOffset, Math.min(headerBytes, source.sizeBytes - headerOffset), signal);
    if (bytes.length < headerBytes) return null;
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  const problems: string[] = [];
  const flags = view.getUint16(6, true);
  const name = new TextDecoder('utf-8').decode(bytes.subarray(FIXED_BYTES, FIXED_BYTES + nameBytes));
  if (name !== entry.name) problems.push('its name differs from the one in the directory');
  if (flags !== entry.flags) problems.push('its flags differ from those in the directory');
  if (view.getUint16(8, true) !== entry.method) problems.push('its compression differs from the one in the directory');
  const wide = [...zip64Fields(new DataView(view.buffer, view.byteOffset + FIXED_BYTES + nameBytes, extraBytes))];
  const size = (place: number): number => {
    const narrow = view.getUint32(place, true);
    return narrow === ZIP64 ? (wide.shift() ?? narrow) : narrow;
  };
  const sizeBytes = size(22);
  const compressedBytes = size(18);
  const isBehind = (flags & SIZES_BEHIND) !== 0;
  const differs = (found: number, told: number): boolean => found !== told && !(isBehind && found === 0);
  if (differs(sizeBytes, entry.sizeBytes) || differs(compressedBytes, entry.compressedBytes)) {
    problems.push('its size differs from the one in the directory');
  }
  if (differs(view.getUint32(14, true), entry.crc32))
    problems.push('its checksum differs from the one in the directory');
  const dataOffset = headerOffset + headerBytes;
  const dataEnd = dataOffset + entry.compressedBytes;
  if (dataEnd > source.sizeBytes)
    return { dataOffset, end: dataEnd, problems: [...problems, 'it ends beyond the file'] };
  const descriptorBytes = isBehind ? await describedBytes(source, { entry, dataEnd, signal }) : 0;
  return { dataOffset, end: dataEnd + descriptorBytes, problems };
}

/** Length of what stands behind the data: checksum and sizes of 4 or 8 bytes, with or without a signature. */
async function describedBytes(
  source: ByteSource,
  {
    entry,
    dataEnd,
    signal,
  }: { readonly entry: ZipEntry; readonly dataEnd: number; readonly signal: AbortSignal | undefined },
): Promise<number> {
  const bytes = await source.read(dataEnd, Math.min(24, source.sizeBytes - dataEnd), signal);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const signed = bytes.length >= 4 && view.getUint32(0, true) === DATA_DESCRIPTOR ? 4 : 0;
  const { crc32, compressedBytes, sizeBytes } = entry;
  const starts = bytes.length >= signed + 12 && view.getUint32(signed, true) === crc32;
  if (!starts) return 0;
  const isWide =
    bytes.length >= signed + 20 &&
    Number(view.getBigUint64(signed + 4, true)) === compressedBytes &&
    Number(view.getBigUint64(signed + 12, true)) === sizeBytes;
  if (isWide) return signed + 20;
  const isNarrow =
    view.getUint32(signed + 4, true) === compressedBytes && view.getUint32(signed + 8, true) === sizeBytes;
  return isNarrow ? signed + 12 : 0;
}

/** @internal A member as its own header describes it, for an archive without a directory. */
export async function entryOfHeader(
  source: ByteSource,
  headerOffset: number,
  signal: AbortSignal | undefined,
): Promise<ZipEntry | null> {
  if (headerOffset + FIXED_BYTES > source.sizeBytes) return null;
  const bytes = await source.read(headerOffset, Math.min(65_536, source.sizeBytes - headerOffset), signal);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0, true) !== LOCAL_HEADER) return null;
  const nameBytes = view.getUint16(26, true);
  const rest = source.sizeBytes - headerOffset - FIXED_BYTES - nameBytes - view.getUint16(28, true);
  const compressedBytes = view.getUint32(18, true);
  const isKnown = compressedBytes > 0 && compressedBytes <= rest;
  const method = view.getUint16(8, true);
  return {
    name: new TextDecoder('utf-8').decode(bytes.subarray(FIXED_BYTES, FIXED_BYTES + nameBytes)),
    flags: view.getUint16(6, true),
    method,
    crc32: view.getUint32(14, true),
    compressedBytes: isKnown ? compressedBytes : Math.max(0, rest),
    sizeBytes: isKnown && method !== 0 ? view.getUint32(22, true) : isKnown ? compressedBytes : Math.max(0, rest),
    headerOffset,
  };
}
