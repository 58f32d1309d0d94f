import { crc32, deflateRawSync } from 'node:zlib';
import { bytesOf, op, type Piece } from './pickle-builder.test-helper.ts';

/** A member, with everything that an attacker may write otherwise. */
export interface CraftedMember {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly deflate?: boolean;
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  readonly sizeBytes?: number;
  /** What the header before the bytes says instead. */
  readonly local?: {
    readonly path?: string;
    readonly flags?: number;
    readonly method?: number;
    readonly crc?: number;
    readonly sizeBytes?: number;
  };
  /** Sizes behind the data, as torch writes them. */
  readonly described?: boolean;
  /** In the file but not in its directory. */
  readonly unlisted?: boolean;
  /** Bytes before its header. */
  readonly gap?: Uint8Array;
  readonly offset?: number;
}

/** What else of an archive may be wrong. */
export interface CraftedArchive {
  readonly prefix?: Uint8Array;
  readonly beforeDirectory?: Uint8Array;
  readonly suffix?: Uint8Array;
  readonly count?: number;
  readonly disk?: number;
  readonly directoryOffset?: number;
  readonly omitDirectory?: boolean;
  readonly comment?: Uint8Array;
}

/** @internal A zip archive, right unless something is said to be otherwise. */
export function craftZip(members: readonly CraftedMember[], archive: CraftedArchive = {}): Uint8Array {
  const pieces: Piece[] = [archive.prefix ?? new Uint8Array(0)];
  const directory: Uint8Array[] = [];
  let at = archive.prefix?.length ?? 0;
  for (const member of members) {
    const packed = member.deflate === true ? new Uint8Array(deflateRawSync(member.bytes)) : member.bytes;
    const method = member.method ?? (member.deflate === true ? 8 : 0);
    const flags = member.flags ?? (member.described === true ? 0x0808 : 0x0800);
    const crc = member.crc ?? crc32(member.bytes);
    const sizeBytes = member.sizeBytes ?? member.bytes.length;
    const { local = {} } = member;
    const header = at + (member.gap?.length ?? 0);
    const isBehind = member.described === true;
    const entry = bytesOf(
      member.gap ?? '',
      op.little(0x04034b50, 4),
      op.little(20, 2),
      op.little(local.flags ?? flags, 2),
      op.little(local.method ?? method, 2),
      op.little(0, 4),
      op.little(isBehind ? 0 : (local.crc ?? crc), 4),
      op.little(isBehind ? 0 : (local.sizeBytes ?? packed.length), 4),
      op.little(isBehind ? 0 : (local.sizeBytes ?? sizeBytes), 4),
      op.little(Buffer.byteLength(local.path ?? member.path), 2),
      op.little(0, 2),
      Buffer.from(local.path ?? member.path),
      packed,
      isBehind
        ? bytesOf(op.little(0x08074b50, 4), op.little(crc, 4), op.little(packed.length, 4), op.little(sizeBytes, 4))
        : '',
    );
    pieces.push(entry);
    at += entry.length;
    if (member.unlisted === true) continue;
    directory.push(
      bytesOf(
        op.little(0x02014b50, 4),
        op.little(20, 2),
        op.little(20, 2),
        op.little(flags, 2),
        op.little(method, 2),
        op.little(0, 4),
        op.little(crc, 4),
        op.little(packed.length, 4),
        op.little(sizeBytes, 4),
        op.little(Buffer.byteLength(member.path), 2),
        op.little(0, 4),
        op.little(0, 8),
        op.little(member.offset ?? header, 4),
        Buffer.from(member.path),
      ),
    );
  }
  const listed = bytesOf(...directory);
  const before = archive.beforeDirectory ?? new Uint8Array(0);
  if (archive.omitDirectory === true) return bytesOf(...pieces);
  const comment = archive.comment ?? new Uint8Array(0);
  return bytesOf(
    ...pieces,
    before,
    listed,
    op.little(0x06054b50, 4),
    op.little(archive.disk ?? 0, 2),
    op.little(archive.disk ?? 0, 2),
    op.little(archive.count ?? directory.length, 2),
    op.little(archive.count ?? directory.length, 2),
    op.little(listed.length, 4),
    op.little(archive.directoryOffset ?? at + before.length, 4),
    op.little(comment.length, 2),
    comment,
    archive.suffix ?? '',
  );
}

/** What `torch.save` writes around a pickle. */
export function torchZip(
  pickle: Uint8Array,
  more: readonly CraftedMember[] = [],
  archive: CraftedArchive = {},
): Uint8Array {
  return craftZip(
    [
      { path: 'archive/data.pkl', bytes: pickle, described: true },
      { path: 'archive/byteorder', bytes: bytesOf('little'), described: true },
      ...more,
      { path: 'archive/version', bytes: bytesOf('3\n'), described: true },
      {
        path: 'archive/.data/serialization_id',
        bytes: bytesOf('1234567890123456789012345678901234567890'),
        described: true,
      },
    ],
    archive,
  );
}
