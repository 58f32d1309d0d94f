import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { startByteServer, type Answer } from './fixtures/byte-server.test-helper.ts';
import { content, MiB, openWorkbench, sha256Of } from './fixtures/workbench.test-helper.ts';

const sha256 = sha256Of(content);
const expected = { sizeBytes: content.byteLength, sha256 };
const status =
  (code: number): Answer =>
  ({ serve }) =>
    serve({ status: code, bytes: new Uint8Array(), ignoreRange: true });
const broken: Answer = ({ serve }) => serve({ cutAfterBytes: MiB, cutBy: 'end' });

describe('a source that fails', () => {
  it.each<[string, Answer]>([
    ['has it no more', status(404)],
    ['refuses', status(403)],
    ['is overloaded', status(503)],
    [
      'answers with a web page',
      ({ serve }) => serve({ bytes: Buffer.from('<html>'), headers: { 'content-type': 'text/html' } }),
    ],
    ['has a file of another size', ({ serve }) => serve({ bytes: content.subarray(0, MiB) })],
  ])('is left for the next one: it %s', async (_name, answer) => {
    await using bench = await openWorkbench();
    await using bad = await startByteServer(
      content,
      Array.from({ length: 9 }, () => answer),
    );
    await using good = await startByteServer(content);
    const fetched = await bench.fetch(bad.url, { expected, mirrors: [{ url: good.url }] });
    expect(fetched).toMatchObject({ sha256, bytesFetched: content.byteLength });
    expect(bad.requests.length).toBeLessThanOrEqual(2);
  });

  it('half-way is left too, and its bytes are used', async () => {
    await using bench = await openWorkbench();
    await using bad = await startByteServer(content, [broken, status(404)]);
    await using good = await startByteServer(content);
    const fetched = await bench.fetch(bad.url, { expected, mirrors: [{ url: good.url }] });
    expect(fetched).toMatchObject({ sha256, bytesFetched: content.byteLength });
    expect(good.ranges).toEqual([`bytes=${MiB}-`]);
    // The other one has ETags of its own.
    expect(good.requests[0]?.headers['if-range']).toBeUndefined();
  });

  it('half-way is forgotten with its bytes where no digest tells whether the next one has the same file', async () => {
    await using bench = await openWorkbench();
    const other = Buffer.from(content.toReversed());
    await using bad = await startByteServer(content, [broken, status(404)]);
    await using good = await startByteServer(other);
    const fetched = await bench.fetch(bad.url, { mirrors: [{ url: good.url }] });
    expect(fetched).toMatchObject({ sha256: sha256Of(other), verified: 'none' });
    expect(good.ranges).toEqual([undefined]);
  });

  it('is the one that is told of when all of them fail: the last', async () => {
    await using bench = await openWorkbench();
    await using first = await startByteServer(content, [status(404)]);
    await using second = await startByteServer(content, [status(410)]);
    const call = bench.fetch(first.url, { expected, mirrors: [{ url: second.url }] });
    await expect(call).rejects.toMatchObject({ code: 'network.status', facts: { status: 410, url: second.url } });
  });

  it('is not left when it is the disk that fails', async () => {
    await using bench = await openWorkbench();
    await using first = await startByteServer(content);
    await using second = await startByteServer(content);
    await writeFile(`${bench.folder}/file`, '');
    const place = { part: `${bench.folder}/file/0.part`, journal: `${bench.folder}/file/0.journal` };
    const call = bench.fetch(first.url, { expected, ...place, mirrors: [{ url: second.url }] });
    await expect(call).rejects.toMatchObject({ code: expect.stringMatching(/^io\./) });
    expect(second.requests).toHaveLength(0);
  });

  it.each([content, content.subarray(0, 5_000)])('with wrong bytes is left for the next one', async (bytes) => {
    await using bench = await openWorkbench();
    const wrong = Buffer.from(bytes);
    wrong[7] = (wrong[7] ?? 0) ^ 1;
    await using bad = await startByteServer(wrong);
    await using good = await startByteServer(bytes);
    const fetched = await bench.fetch(bad.url, {
      expected: { sizeBytes: bytes.byteLength, sha256: sha256Of(bytes) },
      mirrors: [{ url: good.url }],
    });
    expect(fetched.sha256).toBe(sha256Of(bytes));
    expect([bad.requests.length, good.requests.length]).toEqual([1, 1]);
    expect(await bench.names()).toEqual(bytes === content ? ['0.journal', '0.part'] : ['0.part']);
  });

  it('gets a second chance alone when bytes of two are wrong together', async () => {
    await using bench = await openWorkbench();
    const wrong = Buffer.from(content);
    wrong[7] = (wrong[7] ?? 0) ^ 1;
    const wrongBroken: Answer = ({ serve }) => serve({ bytes: wrong, cutAfterBytes: MiB, cutBy: 'end' });
    await using bad = await startByteServer(content, [wrongBroken, status(404)]);
    await using good = await startByteServer(content);
    const fetched = await bench.fetch(bad.url, { expected, mirrors: [{ url: good.url }] });
    expect(fetched.sha256).toBe(sha256);
    expect(good.ranges).toEqual([`bytes=${MiB}-`, undefined]);
  });

  it('with wrong bytes each: the last ones go to the quarantine', async () => {
    await using bench = await openWorkbench();
    const wrong = Buffer.from(content);
    wrong[7] = (wrong[7] ?? 0) ^ 1;
    await using first = await startByteServer(wrong);
    await using second = await startByteServer(wrong);
    const call = bench.fetch(first.url, { expected, mirrors: [{ url: second.url }] });
    await expect(call).rejects.toMatchObject({ code: 'transfer.integrity', facts: { expected: sha256 } });
    expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
    expect(await bench.names()).toEqual(['quarantine']);
  });
});

it('sends the headers of each source to its own origin', async () => {
  await using bench = await openWorkbench();
  await using first = await startByteServer(content, [status(404)]);
  await using second = await startByteServer(content);
  await bench.fetch(first.url, {
    expected,
    headers: { 'x-key': 'first' },
    mirrors: [{ url: second.url, headers: { 'x-key': 'second' } }],
  });
  expect(first.requests[0]?.headers['x-key']).toBe('first');
  expect(second.requests[0]?.headers['x-key']).toBe('second');
});
