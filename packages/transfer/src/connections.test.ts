import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createConnectionBudget } from './connections/connection-budget.ts';
import { startByteServer, type Answer, type Exchange } from './fixtures/byte-server.test-helper.ts';
import { eagerClock, MiB, openWorkbench, sha256Of } from './fixtures/workbench.test-helper.ts';

const content = randomBytes(24 * MiB + 777);
const sha256 = sha256Of(content);
const expected = { sizeBytes: content.byteLength, sha256 };
/** So slow that the first connection has not got everything before others come. */
const bytesPerSecond = 40_000_000;
const slow: Answer = ({ serve }) => serve({ bytesPerSecond });
const slowly = (count = 200): Answer[] => Array.from({ length: count }, () => slow);

/** A server that is slow, but for some of its answers. */
function but(answers: Readonly<Record<number, (exchange: Exchange) => void>>): Answer[] {
  return slowly().map((answer, index) => answers[index] ?? answer);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function spansOf(ranges: readonly (string | undefined)[]): Span[] {
  return ranges.map((range) => {
    const [, start = '0', end = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
    return { start: Number(start), end: end === '' ? content.byteLength : Number(end) + 1 };
  });
}

describe('several connections', () => {
  it('fetch one file in parts that are handed out in order, of at most 16 MiB', async () => {
    await using bench = await openWorkbench({ io: { workers: 'worker' } });
    await using server = await startByteServer(content, slowly());
    const seen: number[] = [];
    const { clock, onProgress } = eagerClock();
    const fetched = await bench.fetch(server.url, {
      expected,
      clock,
      maxConnections: 4,
      onProgress: (progress) => {
        onProgress?.(progress);
        seen.push(progress.connections);
      },
    });
    expect(fetched).toMatchObject({ sha256, part: bench.part, verified: 'sha256', resumedFromBytes: 0 });
    expect(sha256Of(await bench.read(fetched.part))).toBe(sha256);
    expect(Math.max(...seen)).toBeGreaterThan(1);
    expect(Math.max(...seen)).toBeLessThanOrEqual(4);
    const [first, ...parts] = spansOf(server.ranges);
    expect(first).toEqual({ start: 0, end: content.byteLength });
    expect(parts.length).toBeGreaterThan(2);
    for (const { start, end } of parts.filter((part) => part.end < content.byteLength)) {
      expect(end - start).toBeLessThanOrEqual(16 * MiB);
    }
    // A break costs what was on its way at most: hardly a byte comes twice.
    expect(fetched.bytesFetched).toBeLessThan(content.byteLength + 2 * MiB);
  });

  it('are no more than all downloads together may have', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content, slowly());
    const connections = createConnectionBudget({ perOrigin: 1 });
    await bench.fetch(server.url, { ...eagerClock(), expected, connections });
    expect(server.requests).toHaveLength(1);
  });

  it('are not asked for when one is wanted', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content, slowly());
    await bench.fetch(server.url, { ...eagerClock(), expected, maxConnections: 1 });
    expect(server.ranges).toEqual([undefined]);
    const none = bench.fetch(server.url, { maxConnections: 0 });
    await expect(none).rejects.toMatchObject({ code: 'core.invalid-argument', facts: { argument: 'maxConnections' } });
  });

  it('leave gaps when they are paused, and only those are fetched after that', async () => {
    await using bench = await openWorkbench({ io: { workers: 'worker' } });
    await using server = await startByteServer(content, slowly());
    const abort = new AbortController();
    const { clock, onProgress } = eagerClock();
    const paused = bench.fetch(server.url, {
      expected,
      clock,
      signal: abort.signal,
      onProgress: (progress) => {
        onProgress?.(progress);
        if (progress.connections > 1 && progress.bytesOnDisk > 10 * MiB) abort.abort();
      },
    });
    await expect(paused).rejects.toMatchObject({ name: 'AbortError' });
    const before = server.requests.length;
    const fetched = await bench.fetch(server.url, { expected, maxConnections: 1 });
    expect(fetched.sha256).toBe(sha256);
    expect(fetched.resumedFromBytes).toBeGreaterThan(10 * MiB);
    expect(fetched.resumedFromBytes + fetched.bytesFetched).toBe(content.byteLength);
    expect(server.requests.length - before).toBeGreaterThanOrEqual(1);
    expect(sha256Of(await bench.read(fetched.part))).toBe(sha256);
  });
});

describe('a source that sends no parts', () => {
  it.each<[string, Answer]>([
    ['the whole file instead', ({ serve }) => serve({ ignoreRange: true })],
    [
      'a part that was not asked for',
      ({ serve }) => serve({ headers: { 'content-range': `bytes 5-9/${content.byteLength}` } }),
    ],
    ['no Content-Range', ({ serve }) => serve({ headers: { 'content-range': undefined } })],
    ['parts in one answer', ({ serve }) => serve({ headers: { 'content-type': 'multipart/byteranges; boundary=x' } })],
  ])('is asked over one connection, which goes on where it is: %s', async (_name, answer) => {
    await using bench = await openWorkbench();
    const answers = Array.from({ length: 20 }, () => answer);
    await using server = await startByteServer(content, [slow, ...answers]);
    const fetched = await bench.fetch(server.url, { ...eagerClock(), expected });
    expect(fetched).toMatchObject({ sha256, bytesFetched: content.byteLength });
    expect(server.requests).toHaveLength(2);
  });
});

it('a part that comes as the whole file makes one connection fetch it once, whatever is there', async () => {
  await using bench = await openWorkbench();
  const broken: Answer = ({ serve }) => serve({ cutAfterBytes: 6 * MiB, cutBy: 'end', bytesPerSecond });
  await using server = await startByteServer(
    content,
    but({ 0: broken, 5: ({ serve }) => serve({ ignoreRange: true }) }),
  );
  const fetched = await bench.fetch(server.url, { ...eagerClock(), expected, maxConnections: 4 });
  expect(fetched.sha256).toBe(sha256);
  expect(server.ranges.filter((range) => range === undefined)).toHaveLength(2);
});

describe('what goes wrong on one of several connections', () => {
  it.each<[string, Answer]>([
    ['a reset', ({ serve }) => serve({ cutAfterBytes: 100_000, cutBy: 'reset' })],
    ['a body that ends too early', ({ serve }) => serve({ cutAfterBytes: 100_000, cutBy: 'end' })],
    ['a 429', ({ serve }) => serve({ status: 429, bytes: new Uint8Array(), ignoreRange: true })],
    ['a 503', ({ serve }) => serve({ status: 503, bytes: new Uint8Array(), ignoreRange: true })],
  ])('%s is fetched again, by fewer of them', async (_name, answer) => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content, but({ 1: answer, 3: answer }));
    const fetched = await bench.fetch(server.url, { ...eagerClock(), expected });
    expect(fetched.sha256).toBe(sha256);
    expect(fetched.bytesFetched).toBeLessThan(content.byteLength + 3 * MiB);
  });

  it('a status that does not pass ends all of them, and what is there is kept', async () => {
    await using bench = await openWorkbench();
    const gone: Answer = ({ serve }) => serve({ status: 404, bytes: new Uint8Array(), ignoreRange: true });
    await using server = await startByteServer(content, but({ 2: gone }));
    const call = bench.fetch(server.url, { ...eagerClock(), expected });
    await expect(call).rejects.toMatchObject({ code: 'network.status', facts: { status: 404 } });
    const fetched = await bench.fetch(server.url, { ...eagerClock(), expected });
    expect(fetched.sha256).toBe(sha256);
    expect(fetched.resumedFromBytes).toBeGreaterThan(0);
  });

  it('another file at the source makes all of them begin again, once', async () => {
    await using bench = await openWorkbench();
    const other = randomBytes(content.byteLength);
    const moved: Answer = ({ serve }) => serve({ bytes: other, headers: { etag: '"v2"' }, bytesPerSecond });
    await using server = await startByteServer(content, [slow, ...Array.from({ length: 200 }, () => moved)]);
    const fetched = await bench.fetch(server.url, { ...eagerClock(), expected: { sizeBytes: content.byteLength } });
    expect(fetched.sha256).toBe(sha256Of(other));
  });

  it('another file that is sent whole does not disturb the connection that has the first one', async () => {
    await using bench = await openWorkbench();
    const moved: Answer = ({ serve }) => serve({ bytes: randomBytes(content.byteLength), etag: '"v2"' });
    await using server = await startByteServer(content, [slow, ...Array.from({ length: 9 }, () => moved)]);
    const fetched = await bench.fetch(server.url, { ...eagerClock(), expected: { sizeBytes: content.byteLength } });
    expect(fetched).toMatchObject({ sha256, bytesFetched: content.byteLength });
  });

  it('a flipped byte is fetched again, all of it over one connection', async () => {
    await using bench = await openWorkbench();
    const flipped = Buffer.from(content);
    flipped[20 * MiB] = (flipped[20 * MiB] ?? 0) ^ 1;
    const wrong: Answer = ({ serve }) => serve({ bytes: flipped, bytesPerSecond });
    let isWrong = true;
    await using server = await startByteServer(
      content,
      slowly().map(
        (answer): Answer =>
          (exchange) =>
            isWrong ? wrong(exchange) : answer(exchange),
      ),
    );
    let before = 0;
    const fetched = await bench.fetch(server.url, {
      ...eagerClock(),
      expected,
      logger: {
        debug: () => {},
        info: () => {},
        error: () => {},
        warn: () => {
          isWrong = false;
          before = server.requests.length;
        },
      },
    });
    expect(fetched.sha256).toBe(sha256);
    expect(before).toBeGreaterThan(1);
    expect(server.ranges.slice(before)).toEqual([undefined]);
  });
});

it('takes from its limiters what each chunk has', async () => {
  await using bench = await openWorkbench();
  const small = content.subarray(0, 3 * MiB);
  await using server = await startByteServer(small);
  const taken: number[] = [];
  const limiter = { take: async (bytes: number): Promise<void> => void taken.push(bytes) };
  await bench.fetch(server.url, { expected: { sizeBytes: small.byteLength }, limiters: [limiter, limiter] });
  expect(taken.reduce((sum, bytes) => sum + bytes, 0)).toBe(2 * small.byteLength);
});

describe('bytes of which nobody knows whether they are of one file', () => {
  const without = { etag: null } as const;

  it('come over one connection', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content, [({ serve }) => serve({ ...without, bytesPerSecond })]);
    const { clock, onProgress } = eagerClock();
    expect((await bench.fetch(server.url, { clock, onProgress })).sha256).toBe(sha256);
    expect(server.ranges).toEqual([undefined]);
  });

  it('are fetched anew after a break', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content, [
      ({ serve }) => serve({ ...without, cutAfterBytes: 2 * MiB, cutBy: 'end' }),
      ({ serve }) => serve(without),
    ]);
    expect((await bench.fetch(server.url)).sha256).toBe(sha256);
    expect(server.ranges).toEqual([undefined, undefined]);
  });
});
