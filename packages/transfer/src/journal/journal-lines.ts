import { crc32 } from 'node:zlib';
import { isSha1, isSha256 } from '@modelkeep/core';
import { decodeProcessIdentity, encodeProcessIdentity, type ByteRange, type ProcessIdentity } from '@modelkeep/io';
import { isStrongEtag } from '../answer/strong-etag.ts';

/** What a part is expected to become. */
export interface JournalExpected {
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  readonly gitSha1: string | null;
}

/** The first line of a journal: who writes the part, and what it shall become. */
export interface JournalHeader {
  /** Tells two journals of one name apart. 16 hex. */
  readonly nonce: string;
  readonly owner: ProcessIdentity;
  readonly expected: JournalExpected;
}

/** A later line: what is durable at that time. The last one counts. */
export interface DurableRecord {
  /** The part's inode: of another file with its name nothing is said. Empty before anything is durable. */
  readonly inode: string;
  /** In order, without overlaps. */
  readonly ranges: readonly ByteRange[];
  /** The strong ETag of the bytes, in its quotes. */
  readonly etag: string | null;
  /** The whole file, where the source has told. */
  readonly totalBytes: number | null;
}

/** All that a journal says. */
export interface JournalContent extends JournalHeader, DurableRecord {
  /** The owner has closed the part after its last write. */
  readonly closed: boolean;
}

const VERSION = 1;
/** Each connection leaves one gap at most. */
const MAX_RANGES = 1_000;

/** @internal The header as a line. */
export function headerLine({ nonce, owner, expected }: JournalHeader): string {
  return line({ kind: 'part', version: VERSION, nonce, owner: encodeProcessIdentity(owner), expected });
}

/** @internal What is durable as a line. */
export function durableLine({ inode, ranges, etag, totalBytes }: DurableRecord): string {
  const pairs = ranges.map(({ startBytes, endBytes }) => [startBytes, endBytes]);
  return line({ kind: 'durable', inode, ranges: pairs, etag, totalBytes });
}

/** @internal The owner has let go. */
export function closedLine(): string {
  return line({ kind: 'closed' });
}

/** A checksum and a record: a line that a crash has cut, or that was changed, is known by it. */
function line(record: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(record);
  return `${checksum(text)} ${text}\n`;
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

/**
 * @internal Reads a journal that anybody may have written. The lines count up to the first one that is broken.
 *
 * @returns undefined when not even the header can be read
 */
export function parseJournal(text: string): JournalContent | undefined {
  const [first, ...others] = text.split('\n');
  const header = parseHeader(parseLine(first ?? ''));
  if (header === undefined) return undefined;
  let content: JournalContent = { ...header, inode: '', ranges: [], etag: null, totalBytes: null, closed: false };
  for (const other of others) {
    const record = parseLine(other);
    if (record?.['kind'] === 'closed') return { ...content, closed: true };
    const durable = record?.['kind'] === 'durable' ? parseDurable(record) : undefined;
    if (durable === undefined) break;
    content = { ...content, ...durable };
  }
  return content;
}

function parseLine(text: string): Record<string, unknown> | undefined {
  const json = text.slice(9);
  if (text[8] !== ' ' || text.slice(0, 8) !== checksum(json)) return undefined;
  try {
    const record: unknown = JSON.parse(json);
    return typeof record === 'object' && record !== null ? (record as Record<string, unknown>) : undefined;
  } catch {
    // Whoever can make the checksum can also write what is no JSON.
    return undefined;
  }
}

function parseHeader(record: Record<string, unknown> | undefined): JournalHeader | undefined {
  if (record?.['kind'] !== 'part' || record['version'] !== VERSION) return undefined;
  const { nonce, owner, expected } = record;
  const identity = typeof owner === 'string' ? decodeProcessIdentity(owner) : undefined;
  if (identity === undefined || typeof nonce !== 'string' || !/^[0-9a-f]{16}$/.test(nonce)) return undefined;
  if (typeof expected !== 'object' || expected === null) return undefined;
  const { sizeBytes, sha256, gitSha1 } = expected as Record<string, unknown>;
  return {
    nonce,
    owner: identity,
    expected: {
      sizeBytes: isByteCount(sizeBytes) ? sizeBytes : null,
      sha256: typeof sha256 === 'string' && isSha256(sha256) ? sha256 : null,
      gitSha1: typeof gitSha1 === 'string' && isSha1(gitSha1) ? gitSha1 : null,
    },
  };
}

function parseDurable(record: Record<string, unknown>): DurableRecord | undefined {
  const { inode, etag, totalBytes } = record;
  const ranges = parseRanges(record['ranges']);
  if (typeof inode !== 'string' || ranges === undefined) return undefined;
  if (totalBytes !== null && !isByteCount(totalBytes)) return undefined;
  // The ETag goes into a request header: a forged one must not add another header.
  if (etag !== null && !isStrongEtag(etag)) return undefined;
  return { inode, ranges, etag, totalBytes };
}

function parseRanges(value: unknown): readonly ByteRange[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_RANGES) return undefined;
  const ranges: ByteRange[] = [];
  for (const pair of value as readonly unknown[]) {
    const [startBytes, endBytes] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    if (!isByteCount(startBytes) || !isByteCount(endBytes) || endBytes <= startBytes) return undefined;
    if (startBytes < (ranges.at(-1)?.endBytes ?? 0)) return undefined;
    ranges.push({ startBytes, endBytes });
  }
  return ranges;
}

function isByteCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
