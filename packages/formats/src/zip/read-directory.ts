import type { ByteSource } from '@modelkeep/core';
import {
  CENTRAL_ENTRY,
  END_OF_DIRECTORY,
  ZIP64,
  ZIP64_END,
  ZIP64_LOCATOR,
  zip64Fields,
  type ZipEntry,
} from './zip-entry.ts';

/** The directory at the end of a zip file. */
export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  /** Where the directory begins: members lie before. */
  readonly offset: number;
  /** What is wrong with it; members that could be read are told all the same. */
  readonly problems: readonly string[];
}

/** How much of a directory is read. */
export interface ZipLimits {
  readonly maxMembers: number;
  readonly maxDirectoryBytes: number;
}

const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const names = new TextDecoder('utf-8');

interface DirectoryPlace {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly count: number;
  /** Where the directory has to end. */
  readonly end: number;
  readonly problems: string[];
}

/** @internal Reads the directory of a zip file; null where there is none. */
export async function readZipDirectory(
  source: ByteSource,
  { maxMembers, maxDirectoryBytes }: ZipLimits,
  signal?: AbortSignal,
): Promise<ZipDirectory | null> {
  const place = await findDirectory(source, signal);
  if (place === null) return null;
  const { offset, sizeBytes, count, end, problems } = place;
  if (offset + sizeBytes !== end) problems.push('its directory is not where its end says');
  if (offset > source.sizeBytes || sizeBytes > maxDirectoryBytes) {
    return { entries: [], offset, problems: [...problems, 'its directory cannot be read'] };
  }
  const bytes = await source.read(offset, Math.min(sizeBytes, source.sizeBytes - offset), signal);
  const entries = entriesIn(bytes, maxMembers);
  if (entries.length !== count) problems.push(`its directory has ${entries.length} members where ${count} belong`);
  return { entries, offset, problems };
}

async function findDirectory(source: ByteSource, signal: AbortSignal | undefined): Promise<DirectoryPlace | null> {
  const tailBytes = Math.min(source.sizeBytes, END_BYTES + MAX_COMMENT_BYTES + 76);
  const tailStart = source.sizeBytes - tailBytes;
  const tail = await source.read(tailStart, tailBytes, signal);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  let at = tail.length - END_BYTES;
  while (at >= 0 && view.getUint32(at, true) !== END_OF_DIRECTORY) at -= 1;
  if (at < 0) return null;
  const problems: string[] = [];
  const commentBytes = view.getUint16(at + 20, true);
  if (at + END_BYTES + commentBytes !== tail.length) problems.push('bytes follow its end');
  if (view.getUint16(at + 4, true) !== 0 || view.getUint16(at + 6, true) !== 0) problems.push('it is one of several');
  let count = view.getUint16(at + 10, true);
  let sizeBytes = view.getUint32(at + 12, true);
  let offset = view.getUint32(at + 16, true);
  let end = tailStart + at;
  const locator = at - 20;
  if (locator >= 0 && view.getUint32(locator, true) === ZIP64_LOCATOR) {
    const record = locator - 56;
    const told = Number(view.getBigUint64(locator + 8, true));
    if (record < 0 || view.getUint32(record, true) !== ZIP64_END)
      return { offset, sizeBytes, count, end, problems: [...problems, 'its large end is not there'] };
    if (told !== tailStart + record) problems.push('its large end is not where it is said to be');
    const wide = {
      count: Number(view.getBigUint64(record + 32, true)),
      sizeBytes: Number(view.getBigUint64(record + 40, true)),
      offset: Number(view.getBigUint64(record + 48, true)),
    };
    if (
      (count !== 0xffff && count !== wide.count) ||
      (sizeBytes !== ZIP64 && sizeBytes !== wide.sizeBytes) ||
      (offset !== ZIP64 && offset !== wide.offset)
    ) {
      problems.push('its two ends disagree');
    }
    ({ count, sizeBytes, offset } = wide);
    end = tailStart + record;
  } else if (count === 0xffff || sizeBytes === ZIP64 || offset === ZIP64) problems.push('its large end is not there');
  return { offset, sizeBytes, count, end, problems };
}

function entriesIn(directory: Uint8Array, maxMembers: number): readonly ZipEntry[] {
  const view = new DataView(directory.buffer, directory.byteOffset, directory.length);
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at + 46 <= directory.length && view.getUint32(at, true) === CENTRAL_ENTRY && entries.length < maxMembers) {
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true);
    const next = at + 46 + nameBytes + extraBytes + view.getUint16(at + 32, true);
    if (next > directory.length) break;
    const wide = [...zip64Fields(new DataView(view.buffer, view.byteOffset + at + 46 + nameBytes, extraBytes))];
    const field = (place: number): number => {
      const narrow = view.getUint32(at + place, true);
      return narrow === ZIP64 ? (wide.shift() ?? narrow) : narrow;
    };
    // Their order in the extra field is this one.
    const sizeBytes = field(24);
    const compressedBytes = field(20);
    const headerOffset = field(42);
    entries.push({
      name: names.decode(directory.subarray(at + 46, at + 46 + nameBytes)),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc32: view.getUint32(at + 16, true),
      compressedBytes,
      sizeBytes,
      headerOffset,
    });
    at = next;
  }
  return entries;
}
