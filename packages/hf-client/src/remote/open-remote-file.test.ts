import { createHash } from 'node:crypto';
import { createSeededRandom } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { bigBytes, bigPart, remoteSetup, small } from '../fixtures/remote-setup.ts';

const equal = (left: Uint8Array, right: Uint8Array): boolean => Buffer.compare(left, right) === 0;

describe('openRemoteFile', () => {
  it('tells size, commit and hash with one request to the hub and one to the CDN, which gets no token', async () => {
    await using test = await remoteSetup();
    await using file = await test.open();
    expect(file).toMatchObject({
      sizeBytes: bigBytes,
      commit: await test.hub.commitOf('acme/tiny'),
      sha256: createHash('sha256').update(bigPart(0, bigBytes)).digest('hex'),
      gitSha1: null,
      bytesFetched: 10_000,
    });
    expect(test.hub.requests.map(({ origin, method, status }) => [origin, method, status])).toEqual([
      ['hub', 'GET', 302],
      ['cdn', 'GET', 206],
    ]);
    expect(test.hub.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer canary-token', undefined]);
  });

  it('reads on at the CDN, ahead and further ahead, and jumps with small reads', async () => {
    await using test = await remoteSetup();
    await using file = await test.open();
    test.hub.resetRequests();
    expect(equal(await file.read(0, 8), bigPart(0, 8))).toBe(true);
    expect(test.hub.requests).toHaveLength(0);
    for (const offset of [9_990, 20_000, 30_000, 65_000]) {
      expect(equal(await file.read(offset, 100), bigPart(offset, offset + 100))).toBe(true);
    }
    expect(equal(await file.read(bigBytes - 50, 500), bigPart(bigBytes - 50, bigBytes))).toBe(true);
    expect(equal(await file.read(500_000, 10), bigPart(500_000, 500_010))).toBe(true);
    expect(test.rangesOf('hub')).toEqual([]);
    expect(test.rangesOf('cdn')).toEqual(['10000-29999', '30000-69999', '999950-999999', '500000-509999']);
    expect(test.hub.requests.every(({ headers }) => headers['if-range']?.toString().startsWith('"'))).toBe(true);
  });

  it('asks for what is wanted at once, up to the most of one request, and never for what it has', async () => {
    await using test = await remoteSetup();
    await using file = await test.open();
    await file.read(90_000, 1);
    test.hub.resetRequests();
    expect(equal(await file.read(5_000, 120_000), bigPart(5_000, 125_000))).toBe(true);
    expect(test.rangesOf('cdn')).toEqual(['10000-49999', '50000-89999', '100000-124999']);
    expect(file.bytesFetched).toBe(125_000);
  });

  it('keeps no more than it may', async () => {
    await using test = await remoteSetup();
    await using file = await test.open('big.bin', { cacheBytes: 25_000 });
    await file.read(200_000, 10);
    await file.read(400_000, 10);
    test.hub.resetRequests();
    await file.read(400_000, 10);
    await file.read(200_000, 10);
    expect(test.rangesOf('cdn')).toEqual([]);
    await file.read(0, 10);
    expect(test.rangesOf('cdn')).toEqual(['0-9999']);
  });

  it('reads a file in git through its redirect, with the token, and any file whose end is near', async () => {
    await using test = await remoteSetup();
    await using file = await test.open('small.json');
    expect(file).toMatchObject({
      sizeBytes: small.length,
      sha256: null,
      gitSha1: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    expect(equal(await file.read(0, 1_000), small)).toBe(true);
    expect(equal(await file.read(5, 3), small.subarray(5, 8))).toBe(true);
    expect(await file.read(small.length, 5)).toHaveLength(0);
    expect(await file.read(10_000_000, 5)).toHaveLength(0);
    expect(await file.read(3, 0)).toHaveLength(0);
    expect(test.hub.requests.map(({ status }) => status)).toEqual([307, 206]);
    expect(test.hub.requests.every(({ headers }) => headers.authorization !== undefined)).toBe(true);
  });

  it.each(['empty.bin', 'empty.txt'])('opens %s, of which nothing can be asked for', async (path) => {
    await using test = await remoteSetup();
    await using file = await test.open(path);
    expect(file.sizeBytes).toBe(0);
    expect(await file.read(0, 100)).toHaveLength(0);
  });

  it('gives the right bytes wherever and however much is read, several at a time too', async () => {
    await using test = await remoteSetup();
    await using file = await test.open('big.bin', { cacheBytes: 60_000, firstReadBytes: 3_000, maxReadBytes: 20_000 });
    const random = createSeededRandom(11);
    for (let round = 0; round < 30; round += 1) {
      const reads = Array.from({ length: 5 }, () => [random.below(bigBytes + 1_000), random.below(50_000)] as const);
      const found = await Promise.all(reads.map(([offset, length]) => file.read(offset, length)));
      for (const [index, [offset, length]] of reads.entries()) {
        const start = Math.min(offset, bigBytes);
        const expected = bigPart(start, Math.min(start + length, bigBytes));
        expect(equal(found[index] ?? new Uint8Array(), expected), `${offset}+${length}`).toBe(true);
      }
    }
  });

  it('hands out bytes that nobody else has', async () => {
    await using test = await remoteSetup();
    await using file = await test.open();
    (await file.read(0, 100)).fill(0);
    expect(equal(await file.read(0, 100), bigPart(0, 100))).toBe(true);
  });

  it.each([
    [-1, 5],
    [0.5, 5],
    [0, -1],
    [0, NaN],
    [2 ** 53, 1],
  ])('refuses to read at %d of length %d', async (offset, length) => {
    await using test = await remoteSetup();
    await using file = await test.open('small.json');
    await caught('core.invalid-argument', file.read(offset, length));
  });

  it.each(['firstReadBytes', 'maxReadBytes', 'cacheBytes'])('refuses 0 as %s', async (argument) => {
    await using test = await remoteSetup();
    const error = await caught('core.invalid-argument', test.open('big.bin', { [argument]: 0 }));
    expect(error.facts.argument).toBe(argument);
    expect(test.hub.requests).toHaveLength(0);
  });
});

describe('ending', () => {
  it('throws the reason of an abort untouched, and reads on afterwards', async () => {
    await using test = await remoteSetup();
    await using file = await test.open();
    const reason = new Error('enough');
    await expect(file.read(500_000, 5, AbortSignal.abort(reason))).rejects.toBe(reason);
    await expect(test.open('big.bin', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    test.hub.faults.arm({ when: { origin: 'cdn' }, fault: { kind: 'stall', afterBytes: 100 } });
    const controller = new AbortController();
    const hanging = file.read(300_000, 5, controller.signal);
    const waiting = file.read(700_000, 5, controller.signal);
    const patient = file.read(500_000, 5);
    setTimeout(() => controller.abort(reason), 50);
    const ends = await Promise.allSettled([hanging, waiting]);
    expect(ends.map((end) => end.status === 'rejected' && end.reason === reason)).toEqual([true, true]);
    expect(equal(await patient, bigPart(500_000, 500_005))).toBe(true);
  });

  it('closes what is under way, and twice', async () => {
    await using test = await remoteSetup();
    const file = await test.open();
    test.hub.faults.arm({ when: { origin: 'cdn' }, fault: { kind: 'stall', afterBytes: 100 } });
    const hanging = caught('core.closed', file.read(300_000, 5));
    setTimeout(() => void file.close(), 50);
    await hanging;
    await file.close();
    await caught('core.closed', file.read(0, 5));
  });
});
