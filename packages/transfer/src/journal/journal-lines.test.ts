import { crc32 } from 'node:zlib';
import { encodeProcessIdentity, processIdentity } from '@modelkeep/io';
import { describe, expect, it } from 'vitest';
import { closedLine, durableLine, headerLine, parseJournal } from './journal-lines.ts';

const owner = processIdentity();
const expected = { sizeBytes: 100, sha256: 'a'.repeat(64), gitSha1: null };
const header = headerLine({ nonce: '0123456789abcdef', owner, expected });
const record = { inode: '7', durableBytes: 60, etag: '"v1"', totalBytes: 100 };

function signed(value: unknown): string {
  const text = JSON.stringify(value);
  return `${crc32(text).toString(16).padStart(8, '0')} ${text}\n`;
}

describe('parseJournal', () => {
  it('reads what was written, the last record counts', () => {
    const text = header + durableLine({ ...record, durableBytes: 20 }) + durableLine(record);
    expect(parseJournal(text)).toEqual({ nonce: '0123456789abcdef', owner, expected, ...record, closed: false });
    expect(parseJournal(text + closedLine())?.closed).toBe(true);
  });

  it('speaks of no byte before the first record', () => {
    expect(parseJournal(header)).toMatchObject({ durableBytes: 0, etag: null, totalBytes: null, closed: false });
  });

  it('forgets a last line that is cut anywhere', () => {
    const whole = header + durableLine(record);
    const last = durableLine({ ...record, durableBytes: 90 });
    for (let length = 0; length < last.length - 1; length += 1) {
      expect(parseJournal(whole + last.slice(0, length))?.durableBytes).toBe(60);
    }
  });

  it('believes no line behind a broken one', () => {
    const broken = durableLine(record).replace('60', '61');
    expect(parseJournal(header + broken + durableLine({ ...record, durableBytes: 90 }))?.durableBytes).toBe(0);
    expect(parseJournal(header + broken + closedLine())?.closed).toBe(false);
  });

  it('finds every changed bit', () => {
    const bytes = Buffer.from(header + durableLine(record));
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 0x10;
      expect(parseJournal(changed.toString('latin1'))).not.toMatchObject({ durableBytes: 60 });
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
    ['a negative count', { ...record, durableBytes: -1 }],
    ['a count that is no number', { ...record, durableBytes: '60' }],
    ['a fraction', { ...record, durableBytes: 0.5 }],
    ['more than numbers hold', { ...record, durableBytes: 2 ** 60 }],
    ['a header in the ETag', { ...record, etag: '"v1"\r\nx-api-key: 1' }],
    ['a weak ETag', { ...record, etag: 'W/"v1"' }],
    ['an inode that is no text', { ...record, inode: 7 }],
    ['a total that is no number', { ...record, totalBytes: 'all' }],
  ])('ignores a record with %s', (_name, forged) => {
    expect(parseJournal(header + signed({ kind: 'durable', ...forged }))?.durableBytes).toBe(0);
  });
});
