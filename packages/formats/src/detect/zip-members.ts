import type { ByteSource } from '@modelkeep/core';

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_ENTRY = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const MAX_DIRECTORY_BYTES = 4 * 1024 * 1024;

/** @internal Whether a source begins like a zip file. */
export function isZip(head: DataView): boolean {
  return head.byteLength >= 4 && head.getUint32(0, true) === LOCAL_HEADER;
}

/**
 * @internal Names in the central directory of a zip file, as far as its first 4 MiB go; null where it cannot be found.
 * Zip64 archives keep their true offset elsewhere: for them the directory is searched where it lies, before the end.
 */
export async function zipMemberNames(source: ByteSource, signal?: AbortSignal): Promise<readonly string[] | null> {
  const tailBytes = Math.min(source.sizeBytes, END_BYTES + MAX_COMMENT_BYTES);
  const tail = await source.read(source.sizeBytes - tailBytes, tailBytes, signal);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  let at = tail.length - END_BYTES;
  while (at >= 0 && view.getUint32(at, true) !== END_OF_DIRECTORY) at -= 1;
  if (at < 0) return null;
  const sizeBytes = view.getUint32(at + 12, true);
  const offset = view.getUint32(at + 16, true);
  const start = offset === 0xffffffff ? zip64Offset(view, at) : offset;
  if (start === null || start >= source.sizeBytes) return null;
  const length = Math.min(
    sizeBytes === 0xffffffff ? MAX_DIRECTORY_BYTES : sizeBytes,
    MAX_DIRECTORY_BYTES,
    source.sizeBytes - start,
  );
  return namesIn(await source.read(start, length, signal));
}

/** The zip64 end record stands before its locator (20 bytes), which stands before the end record. */
function zip64Offset(view: DataView, end: number): number | null {
  const at = end - 20 - 56;
  if (at < 0 || view.getUint32(at, true) !== 0x06064b50) return null;
  const offset = Number(view.getBigUint64(at + 48, true));
  return Number.isSafeInteger(offset) ? offset : null;
}

function namesIn(directory: Uint8Array): readonly string[] {
  const view = new DataView(directory.buffer, directory.byteOffset, directory.length);
  const decoder = new TextDecoder('utf-8');
  const names: string[] = [];
  let at = 0;
  while (at + 46 <= directory.length && view.getUint32(at, true) === CENTRAL_ENTRY) {
    const nameBytes = view.getUint16(at + 28, true);
    names.push(decoder.decode(directory.subarray(at + 46, at + 46 + nameBytes)));
    at += 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return names;
}
