import { crc32 } from 'node:zlib';
import { encodeProcessIdentity, processIdentity, type ByteRange } from '@modelkeep/io';
import { describe, expect, it } from 'vitest';
import { closedLine, durableLine, headerLine, parseJournal } from './journal-lines.ts';

const owner = processIdentity();
const expected = { sizeBytes: 100, sha256: 'a'.repeat(64), gitSha1: null };
const header = headerLine({ nonce: '0123456789abcdef', owner, expected });
const first = (endBytes: number): readonly ByteRange[] => [{ startBytes: 0, endBytes }];
const record = { inode: '7', ranges: [...first(60), { startBytes: 70, endBytes: 75 }], etag: '"v1"', totalBytes: 100 };

function signed(value: unknown): string {
  const text = JSON.stringify(value);
  return `${crc32(text).toString(16).padStart(8, '0')} ${text}\n`;
}

describe('parseJournal', () => {
  it('reads what was written, the last record counts', () => {
    const text = header + durableLine({ ...record, ranges: first(20) }) + durableLine(record);
    expect(parseJournal(text)).toEqual({ nonce: '0123456789abcdef', owner, expected, ...record, closed: false });
    expect(parseJournal(text + closedLine())?.closed).toBe(true);
  });

  it('speaks of no byte before the first record', () => {
    expect(parseJournal(header)).toMatchObject({ ranges: [], etag: null, totalBytes: null, closed: false });
  });

  it('forgets a last line that is cut anywhere', () => {
    const whole = header + durableLine(record);
    const last = durableLine({ ...record, ranges: first(90) });
    for (let length = 0; length < last.length - 1; length += 1) {
      expect(parseJournal(whole + last.slice(0, length))?.ranges).toEqual(record.ranges);
    }
  });

  it('believes no line behind a broken one', () => {
    const broken = durableLine(record).replace('60', '61');
    expect(parseJournal(header + broken + durableLine({ ...record, ranges: first(90) }))?.ranges).toEqual([]);
    expect(parseJournal(header + broken + closedLine())?.closed).toBe(false);
  });

  it('finds every changed bit', () => {
    const bytes = Buffer.from(header + durableLine(record));
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 0x10;
      expect(parseJournal(changed.toString('latin1'))).not.toMatchObject({ ranges: record.ranges });
    }
  });

  const good = { kind: 'part', version: 1, nonce: '0123456789abcdef', owner: encodeProcessIdentity(owner), expected };
  it.each([
    ['nothing', ''],
    ['an array', signed([1])],
    ['null', signed(null)],
    ['no JSON', `${crc32('{').toString(16).padStart(8, '0')} {\n`],
    ['another version', signed({ ...good, version: 2 })],
    ['no owner', signed({ ...good, owner: undefined })],
    ['a forged owner', signed({ ...good, owner: '../../etc' })],
    ['a nonce that is a path', signed({ ...good, nonce: '../../../../etc/x' })],
    ['no expectation', signed({ ...good, expected: null })],
  ])('refuses a header that is %s', (_name, text) => {
    expect(parseJournal(text + durableLine(record))).toBeUndefined();
  });

  it('takes digests and sizes that are none for unknown', () => {
    const forged = signed({ ...good, expected: { sizeBytes: -1, sha256: '../x', gitSha1: 7 } });
    expect(parseJournal(forged)?.expected).toEqual({ sizeBytes: null, sha256: null, gitSha1: null });
  });

  it.each([
    ['a negative count', { ...record, ranges: [[-1, 5]] }],
    ['a count that is no number', { ...record, ranges: [[0, '60']] }],
    ['a fraction', { ...record, ranges: [[0, 0.5]] }],
    ['more than numbers hold', { ...record, ranges: [[0, 2 ** 60]] }],
    ['a range that ends before it begins', { ...record, ranges: [[60, 10]] }],
    [
      'ranges that overlap',
      {
        ...record,
        ranges: [
          [0, 60],
          [50, 70],
        ],
      },
    ],
    ['ranges that are no pairs', { ...record, ranges: [60] }],
    ['ranges that are no list', { ...record, ranges: 60 }],
    ['too many ranges', { ...record, ranges: Array.from({ length: 2_000 }, (_, at) => [at * 2, at * 2 + 1]) }],
    ['a header in the ETag', { ...record, etag: '"v1"\r\nx-api-key: 1' }],
    ['a weak ETag', { ...record, etag: 'W/"v1"' }],
    ['an inode that is no text', { ...record, inode: 7 }],
    ['a total that is no number', { ...record, totalBytes: 'all' }],
  ])('ignores a record with %s', (_name, forged) => {
    expect(parseJournal(header + signed({ kind: 'durable', ...forged }))?.ranges).toEqual([]);
  });
});
