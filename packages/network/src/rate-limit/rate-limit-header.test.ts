import { describe, expect, it } from 'vitest';
import { parseQuotas, parseRateLimit } from './rate-limit-header.ts';
import { serverWaitMs } from './server-wait.ts';

const now = Date.UTC(2026, 0, 1);

describe('parseRateLimit', () => {
  it('reads one limit and several', () => {
    expect(parseRateLimit({ ratelimit: '"api";r=12;t=57' })).toEqual([
      { bucket: 'api', remaining: 12, resetMs: 57_000 },
    ]);
    expect(parseRateLimit({ ratelimit: '"a";r=0;t=1, "b" ; t=2 ; r=3' })).toEqual([
      { bucket: 'a', remaining: 0, resetMs: 1_000 },
      { bucket: 'b', remaining: 3, resetMs: 2_000 },
    ]);
  });

  it.each([
    undefined,
    '',
    'api;r=0;t=1',
    '"api"',
    '"api";r=0',
    '"api";r=-1;t=5',
    '"api";r=1e9;t=5',
    '"api";r=0;t=99999999999',
    `"${'x'.repeat(100)}";r=0;t=1`,
  ])('leaves out what is not well formed: %s', (ratelimit) => {
    expect(parseRateLimit(ratelimit === undefined ? {} : { ratelimit })).toEqual([]);
  });

  it('reads a bounded number of them', () => {
    expect(parseRateLimit({ ratelimit: '"a";r=0;t=1,'.repeat(10_000) })).toHaveLength(8);
  });
});

describe('parseQuotas', () => {
  it('reads them under each of their names', () => {
    const header = '"fixed window";"api";q=500;w=300, "resolvers";q=3000;w=300, "none";w=3, q=5';
    expect(Object.fromEntries(parseQuotas({ 'ratelimit-policy': header }))).toEqual({
      'fixed window': 500,
      api: 500,
      resolvers: 3_000,
    });
    expect(parseQuotas({}).size).toBe(0);
  });
});

describe('serverWaitMs', () => {
  it.each([
    [{}, null],
    [{ 'retry-after': '30' }, 30_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' }, 60_000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, 0],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT', date: 'Thu, 01 Jan 2026 00:00:50 GMT' }, 10_000],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '-5' }, null],
    [{ 'retry-after': '2026-01-01' }, null],
    [{ 'retry-after': 'Xxx, 99 Xxx 2026 99:99:99 GMT' }, null],
    [{ ratelimit: '"api";r=0;t=57' }, 57_000],
    [{ ratelimit: '"api";r=1;t=57' }, null],
    [{ ratelimit: '"api";r=0;t=57', 'retry-after': '30' }, 57_000],
    [{ ratelimit: '"api";r=0;t=57', 'retry-after': '90' }, 90_000],
  ])('%j asks for %s', (headers, expected) => {
    expect(serverWaitMs(headers as Record<string, string>, now)).toBe(expected);
  });
});
