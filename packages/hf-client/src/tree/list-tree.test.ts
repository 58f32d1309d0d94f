import { describe, expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { allOf, sendJson, startOddHub, type OddHub } from '../fixtures/odd-hub.ts';

const sha1 = '1'.repeat(40);
const sha256 = '2'.repeat(64);
const list = (hub: OddHub): Promise<unknown[]> => allOf(hub.client.listTree('a/b', { revision: 'main' }));

describe('entries', () => {
  it.each([
    { oid: sha256, size: 9, pointerSize: 134 },
    { sha256, size: 9 },
    { oid: sha256, sha256, size: 9 },
  ])('takes the hash of an LFS file from %j and the pointer for no hash of the content', async (lfs) => {
    const entry = { type: 'file', path: 'a.bin', size: 9, oid: sha1, lfs, xetHash: 'odd', lastCommit: {} };
    await using hub = await startOddHub((_request, response) => sendJson(response, [entry]));
    expect(await list(hub)).toEqual([
      { type: 'file', path: 'a.bin', sizeBytes: 9, gitSha1: null, sha256, xetHash: null },
    ]);
  });

  it('leaves out kinds that it does not know, and a hash that is not told', async () => {
    const entries = [
      { type: 'submodule', path: 'x' },
      { type: 'file', path: 'y', size: 0, lfs: null },
      { type: 'directory', path: '../as/given', oid: 'whatever' },
    ];
    await using hub = await startOddHub((_request, response) => sendJson(response, entries));
    expect(await list(hub)).toEqual([
      { type: 'file', path: 'y', sizeBytes: 0, gitSha1: null, sha256: null, xetHash: null },
      { type: 'directory', path: '../as/given' },
    ]);
  });

  it.each([
    { type: 'file', path: 'x', oid: sha1 },
    { type: 'file', path: 'x', size: -1, oid: sha1 },
    { type: 'file', path: 'x', size: 1.5, oid: sha1 },
    { type: 'file', path: 'x', size: 2 ** 53, oid: sha1 },
    { type: 'file', path: 'x', size: '5', oid: sha1 },
    { type: 'file', path: 'x', size: 5, oid: '../../etc/passwd' },
    { type: 'file', path: 'x', size: 5, oid: sha1.toUpperCase().replace('1', 'A') },
    { type: 'file', path: 'x', size: 5, lfs: { size: 5 } },
    { type: 'file', path: 'x', size: 5, lfs: { oid: '../x', size: 5 } },
    { type: 'file', path: 'x', size: 5, lfs: { oid: sha256, sha256: '3'.repeat(64), size: 5 } },
    { type: 'file', path: '', size: 5 },
    { type: 'file', size: 5 },
    'x',
  ])('refuses %j', async (entry) => {
    await using hub = await startOddHub((_request, response) => sendJson(response, [entry]));
    expect((await caught('network.body', list(hub))).facts.reason).toBe('schema');
  });

  it.each(['/x', 'x//y', '..', 'x/../y', './x', '\udfff', 'x'.repeat(5_000)])(
    'sends nothing for the folder %j',
    async (path) => {
      await using hub = await startOddHub((_request, response) => sendJson(response, []));
      await caught('hub.invalid-reference', allOf(hub.client.listTree('a/b', { revision: 'main', path })));
      expect(hub.requests).toEqual([]);
    },
  );
});

describe('pages', () => {
  const page = (next: (origin: string, url: string) => string | null) =>
    startOddHub((request, response, origin) => {
      const link = next(origin, request.url ?? '');
      sendJson(response, [{ type: 'directory', path: 'x' }], link === null ? {} : { link });
    });

  it('follows the next link as it is given, relative too', async () => {
    await using hub = await page((_origin, url) =>
      url.includes('cursor') ? null : '</other/place?cursor=a%2Fb>; rel="next"',
    );
    expect(await list(hub)).toHaveLength(2);
    expect(hub.requests).toEqual(['GET /api/models/a/b/tree/main?recursive=true', 'GET /other/place?cursor=a%2Fb']);
  });

  it('refuses one at another origin', async () => {
    await using elsewhere = await startOddHub((_request, response) => sendJson(response, []));
    await using hub = await page(() => `<${elsewhere.origin}/x?token=canary>; rel="next"`);
    const error = await caught('hub.unexpected', list(hub));
    expect(error.facts.reason).toContain('another origin');
    expect(JSON.stringify(error)).not.toContain('canary');
    expect(elsewhere.requests).toEqual([]);
  });

  it.each([
    ['that repeats itself', (_origin: string, url: string): string => `<${url}>; rel="next"`],
    [
      'that goes back',
      (origin: string, url: string): string => `<${origin}/${url.endsWith('/1') ? '2' : '1'}>; rel="next"`,
    ],
    ['that is no URL', (): string => '<http://>; rel="next"'],
  ])('refuses one %s', async (_name, next) => {
    await using hub = await page(next);
    await caught('hub.unexpected', list(hub));
    expect(hub.requests.length).toBeLessThan(5);
  });

  it('is not led on for ever', async () => {
    let number = 0;
    await using hub = await page((origin) => `<${origin}/?cursor=${(number += 1)}>; rel="next"`);
    const error = await caught('hub.unexpected', list(hub));
    expect([error.facts.reason, hub.requests.length]).toEqual(['there are more than 10000 pages', 10_000]);
  });
});
