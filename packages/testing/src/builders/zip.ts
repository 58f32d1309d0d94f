import { crc32 } from 'node:zlib';

/** One member of a zip file to build. */
export interface ZipMember {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A zip file whose members are stored, not compressed, each with its bytes at a multiple of 64 as torch writes them. */
export function buildZip(members: readonly ZipMember[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { path, bytes } of members) {
    const name = new TextEncoder().encode(path);
    const padding = (64 - ((offset + 30 + name.length + 4) % 64)) % 64;
    const common = new DataView(new ArrayBuffer(26));
    common.setUint16(0, 20, true);
    common.setUint32(10, crc32(bytes), true);
    common.setUint32(14, bytes.length, true);
    common.setUint32(18, bytes.length, true);
    common.setUint16(22, name.length, true);
    const extra = new Uint8Array(4 + padding).fill(0x5a);
    extra.set([0x46, 0x42, padding & 0xff, padding >> 8]);
    const local = new Uint8Array(common.buffer.slice(0));
    new DataView(local.buffer).setUint16(24, extra.length, true);
    const entry = concat([signature(0x04034b50), local, name, extra, bytes]);
    const tail = new DataView(new ArrayBuffer(14));
    tail.setUint32(10, offset, true);
    directory.push(
      concat([
        signature(0x02014b50),
        Uint8Array.of(20, 0),
        new Uint8Array(common.buffer),
        new Uint8Array(tail.buffer),
        name,
      ]),
    );
    parts.push(entry);
    offset += entry.length;
  }
  const directoryBytes = concat(directory);
  const end = new DataView(new ArrayBuffer(18));
  end.setUint16(4, members.length, true);
  end.setUint16(6, members.length, true);
  end.setUint32(8, directoryBytes.length, true);
  end.setUint32(12, offset, true);
  return concat([...parts, directoryBytes, signature(0x06054b50), new Uint8Array(end.buffer)]);
}

function signature(value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value, true);
  return new Uint8Array(view.buffer);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
