import { describe, expect, it } from 'vitest';
import type { Fault } from '@modelkeep/testing';
import { caught } from '../fixtures/caught.ts';
import { bigPart, remoteSetup } from '../fixtures/remote-setup.ts';

const equal = (left: Uint8Array, right: Uint8Array): boolean => Buffer.compare(left, right) === 0;
const cdn = { origin: 'cdn' } as const;

describe('a connection that breaks', () => {
  const faults: readonly Fault[] = [
    { kind: 'reset', afterBytes: 3_000 },
    { kind: 'truncate', afterBytes: 3_000 },
    { kind: 'truncate', afterBytes: 3_000, framing: 'chunked' },
    { kind: 'truncate', afterBytes: 3_000, framing: 'close' },
    { kind: 'wrong-content-length', deltaBytes: 500 },
  ];

  it.each(faults)('is read on where %j ended it', async (fault) => {
    await using test = await remoteSetup();
    const opening = test.hub.faults.arm({ when: cdn, fault });
    await using file = await test.open();
    const reading = test.hub.faults.arm({ when: cdn, fault });
    expect(equal(await file.read(200_000, 30_000), bigPart(200_000, 230_000))).toBe(true);
    expect(equal(await file.read(0, 10_000), bigPart(0, 10_000))).toBe(true);
    expect([opening.hits, reading.hits]).toEqual([1, 1]);
    expect(file.bytesFetched).toBe(40_000);
  });

  it('that never gives a byte is given up after three attempts', async () => {
    await using test = await remoteSetup();
    await using file = await test.open();
    const armed = test.hub.faults.arm({ when: { ...cdn, times: 9 }, fault: { kind: 'truncate', afterBytes: 0 } });
    await expect(file.read(200_000, 5)).rejects.toMatchObject({ code: expect.stringMatching(/^network\./) });
    expect(armed.hits).toBe(3);
  });
});

describe('a signed URL that expired', () => {
  it('is asked for again at the hub, once', async () => {
    await using test = await remoteSetup();
    await using file = await test.open();
    test.hub.faults.arm({ when: cdn, fault: { kind: 'expired-url' } });
    expect(equal(await file.read(200_000, 5), bigPart(200_000, 200_005))).toBe(true);
    expect(test.rangesOf('hub')).toEqual(['0-9999', '200000-209999']);
    test.hub.resetRequests();
    await file.read(400_000, 5);
    expect(test.rangesOf('hub')).toEqual([]);
  });

  it('by the clock of the hub', async () => {
    let nowMs = Date.now();
    const clock = { now: () => nowMs, monotonicMs: () => nowMs, sleep: async () => {} };
    await using test = await remoteSetup({ signedUrlSeconds: 60, clock });
    await using file = await test.open();
    nowMs += 120_000;
    expect(equal(await file.read(200_000, 5), bigPart(200_000, 200_005))).toBe(true);
    expect(test.hub.requests.map(({ status }) => status)).toEqual([302, 206, 403, 302, 206]);
  });

  it('for ever ends with a typed error that shows no signature', async () => {
    await using test = await remoteSetup();
    await using file = await test.open();
    const armed = test.hub.faults.arm({ when: { ...cdn, times: 9 }, fault: { kind: 'expired-url' } });
    const error = await caught('network.status', file.read(200_000, 5));
    expect(error.facts.status).toBe(403);
    expect(armed.hits).toBe(2);
    expect(JSON.stringify(error)).not.toMatch(/Signature|canary/);
  });
});

describe('a file that changes', () => {
  it('is found by the ETag of the server', async () => {
    await using test = await remoteSetup();
    await using file = await test.open();
    test.hub.faults.arm({ when: cdn, fault: { kind: 'change-etag' } });
    const error = await caught('hub.file-changed', file.read(200_000, 5));
    expect(error.facts.expected).not.toBe(error.facts.found);
    expect(equal(await file.read(0, 100), bigPart(0, 100))).toBe(true);
  });

  it.each([1_000_000, 999_999])('on its branch is found when it is resolved again, with %d bytes', async (length) => {
    await using test = await remoteSetup();
    await using file = await test.open();
    const content = new Uint8Array(length).fill(7);
    await test.hub.commit('acme/tiny', { files: [{ path: 'big.bin', content }] });
    expect(equal(await file.read(200_000, 5), bigPart(200_000, 200_005))).toBe(true);
    test.hub.faults.arm({ when: cdn, fault: { kind: 'expired-url' } });
    await caught('hub.file-changed', file.read(400_000, 5));
  });

  it('to fewer bytes than were asked for is a changed one too', async () => {
    await using test = await remoteSetup();
    await using file = await test.open();
    test.hub.faults.arm({ when: cdn, fault: { kind: 'range-not-satisfiable', sizeBytes: 500 } });
    expect((await caught('hub.file-changed', file.read(200_000, 5))).facts).toMatchObject({
      expected: '1000000 bytes',
      found: '500 bytes',
    });
  });

  it('only in the ETag of another server with the same bytes is the same', async () => {
    await using test = await remoteSetup();
    await using file = await test.open();
    const set = { etag: '"another-edge"' };
    test.hub.faults.arm({ when: cdn, fault: { kind: 'expired-url' } });
    test.hub.faults.arm({ when: { ...cdn, nth: 2, times: 9 }, fault: { kind: 'headers', set } });
    expect(equal(await file.read(200_000, 5), bigPart(200_000, 200_005))).toBe(true);
  });
});

describe('a server that serves no parts', () => {
  const faults: readonly (readonly [fault: Fault, reason: string])[] = [
    [{ kind: 'ignore-range' }, 'ignored'],
    [{ kind: 'wrong-content-range' }, 'content-range'],
    [{ kind: 'wrong-content-range', contentRange: 'bytes 0-9999/77' }, 'content-range'],
    [{ kind: 'wrong-content-range', contentRange: 'bytes 0-9999/1000001' }, 'content-range'],
    [{ kind: 'wrong-content-range', contentRange: 'items 0-9/1000000' }, 'content-range'],
    [{ kind: 'no-content-range' }, 'content-range'],
    [{ kind: 'multipart' }, 'multipart'],
    [{ kind: 'range-not-satisfiable' }, 'content-range'],
    [{ kind: 'headers', remove: ['content-range'] }, 'content-range'],
  ];

  it.each(faults)('is refused: %j', async (fault, reason) => {
    await using test = await remoteSetup();
    test.hub.faults.arm({ when: cdn, fault });
    expect((await caught('hub.no-ranges', test.open())).facts.reason).toBe(reason);
    await using file = await test.open();
    const armed = test.hub.faults.arm({ when: cdn, fault });
    await expect(file.read(200_000, 5)).rejects.toMatchObject({
      code: expect.stringMatching(/^hub\.(?:no-ranges|file-changed)$/),
    });
    expect(armed.hits).toBe(1);
  });

  it('is given up long before the whole file came', async () => {
    await using test = await remoteSetup({ bytesPerSecond: 4_000_000 });
    test.hub.faults.arm({ when: cdn, fault: { kind: 'ignore-range' } });
    await caught('hub.no-ranges', test.open());
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(test.hub.requests.at(-1)?.bytesSent).toBeLessThan(900_000);
  });

  it('may send a small file whole', async () => {
    await using test = await remoteSetup();
    const armed = test.hub.faults.arm({ when: cdn, fault: { kind: 'ignore-range' } });
    await using file = await test.open('big.bin', { firstReadBytes: 1_000_000, cacheBytes: 10 });
    expect(equal(await file.read(999_000, 5_000), bigPart(999_000, 1_000_000))).toBe(true);
    expect([armed.hits, test.hub.requests.length]).toEqual([1, 2]);
  });

  it.each(['hub', 'cdn'] as const)('and is the log-in page of a network (%s) is named', async (origin) => {
    await using test = await remoteSetup();
    test.hub.faults.arm({ when: { origin }, fault: { kind: 'html-page' } });
    expect((await caught('network.body', test.open())).facts.reason).toBe('content-type');
  });
});
