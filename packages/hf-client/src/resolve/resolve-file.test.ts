import { describe, expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { startOddHub, type OddHub } from '../fixtures/odd-hub.ts';
import type { ResolvedFile } from './resolved-file.ts';

const commit = 'c'.repeat(40);
const sha1 = '1'.repeat(40);
const sha256 = '2'.repeat(64);
const resolve = (hub: OddHub): Promise<ResolvedFile> => hub.client.resolveFile('a/b', 'x/y.bin', { revision: 'main' });

const answering = (status: number, headers: Readonly<Record<string, string>>): Promise<OddHub> =>
  startOddHub((_request, response) => response.writeHead(status, headers).end());

describe('facts', () => {
  it.each([
    [`"${sha256}"`, { etag: sha256, sha256, gitSha1: null }],
    [`W/"${sha1}"`, { etag: sha1, sha256: null, gitSha1: sha1 }],
    [sha256, { etag: sha256, sha256 }],
    ['"abc-1"', { etag: 'abc-1', sha256: null, gitSha1: null }],
    ['""', { etag: null }],
    [`"${sha256}/../x"`, { sha256: null }],
  ])('reads X-Linked-ETag %s before ETag', async (etag, expected) => {
    const headers = {
      'x-repo-commit': commit,
      'x-linked-etag': etag,
      etag: `"${'9'.repeat(64)}"`,
      location: 'https://cdn.example/x',
    };
    await using hub = await answering(302, headers);
    expect(await resolve(hub)).toMatchObject(expected);
  });

  it('takes ETag where there is no other', async () => {
    await using hub = await answering(200, { 'x-repo-commit': commit, etag: `"${sha1}"`, 'content-length': '12' });
    expect(await resolve(hub)).toMatchObject({ gitSha1: sha1, sizeBytes: 12, location: null, xetHash: null });
  });

  it.each([
    [302, { 'content-length': '99', location: 'https://cdn.example/x' }, null],
    [302, { 'content-length': '99', 'x-linked-size': '7', location: 'https://cdn.example/x' }, 7],
    [200, { 'content-length': '99', 'x-linked-size': '7' }, 7],
    [200, { 'content-length': '99', 'content-encoding': 'gzip' }, null],
    [200, { 'x-linked-size': '-1' }, null],
    [200, { 'x-linked-size': '1e3' }, null],
    [200, { 'x-linked-size': '9007199254740993' }, null],
  ])('takes the size of a %s with %j to be %s', async (status, headers, expected) => {
    await using hub = await answering(status, { 'x-repo-commit': commit, ...headers });
    expect((await resolve(hub)).sizeBytes).toBe(expected);
  });

  it.each([{}, { 'x-repo-commit': 'main' }, { 'x-repo-commit': `${commit}0` }])(
    'needs a commit: %j',
    async (headers) => {
      await using hub = await answering(200, headers);
      expect((await caught('hub.unexpected', resolve(hub))).facts.reason).toBe('the answer names no commit');
    },
  );
});

describe('redirects', () => {
  it('tells a renamed repo from the way to the bytes, one segment and a base path included', async () => {
    await using hub = await startOddHub((request, response) => {
      const location = {
        '/hub/a/b/resolve/main/x/y.bin': '/hub/gpt2/resolve/main/x/y.bin?download=1',
        '/hub/gpt2/resolve/main/x/y.bin?download=1': '/hub/new/name/resolve/main/x/y.bin',
        '/hub/new/name/resolve/main/x/y.bin': '/hub/api/resolve-cache/models/new/name/resolve/main/y.bin',
      }[request.url ?? ''];
      response.writeHead(307, { location, 'x-repo-commit': commit, 'x-linked-etag': `"${sha1}"` }).end();
    }, '/hub');
    expect(await resolve(hub)).toMatchObject({
      repo: 'new/name',
      renamedTo: 'new/name',
      url: `${hub.origin}/hub/new/name/resolve/main/x/y.bin`,
      location: `${hub.origin}/hub/api/resolve-cache/models/new/name/resolve/main/y.bin`,
    });
    expect(hub.requests).toHaveLength(3);
  });

  it('follows no resolve URL of another origin', async () => {
    await using elsewhere = await answering(200, { 'x-repo-commit': commit });
    await using hub = await startOddHub((_request, response, origin) => {
      const location = `${elsewhere.origin === origin ? '' : elsewhere.origin}/new/name/resolve/main/x/y.bin`;
      response.writeHead(307, { location, 'x-repo-commit': commit }).end();
    });
    expect(await resolve(hub)).toMatchObject({
      renamedTo: null,
      location: `${elsewhere.origin}/new/name/resolve/main/x/y.bin`,
    });
    expect(elsewhere.requests).toEqual([]);
  });

  it('takes a target without a plain repo id for no rename', async () => {
    await using hub = await answering(307, { 'x-repo-commit': commit, location: '/-bad-/resolve/main/x' });
    expect((await resolve(hub)).renamedTo).toBeNull();
  });

  it('gives up on a repo that is renamed on and on', async () => {
    await using hub = await startOddHub((_request, response) =>
      response.writeHead(307, { location: '/a/b/resolve/main/x' }).end(),
    );
    expect((await caught('hub.unexpected', resolve(hub))).facts.reason).toContain('renamed too often');
    expect(hub.requests).toHaveLength(6);
  });

  it.each([
    [{}, 'missing-location'],
    [{ location: 'file:///etc/passwd' }, 'scheme'],
    [{ location: 'https://user:canary@cdn.example/' }, 'invalid'],
  ])('refuses the target %j', async (headers, reason) => {
    await using hub = await answering(302, { 'x-repo-commit': commit, ...headers });
    const error = await caught('network.redirect', resolve(hub));
    expect(error.facts.reason).toBe(reason);
    expect(JSON.stringify(error)).not.toContain('canary');
  });
});

describe('errors without a code', () => {
  it.each([
    [404, {}, 'hub.entry-not-found'],
    [401, {}, 'hub.unauthorised'],
    [403, { 'x-error-message': 'Access to this resource is disabled.' }, 'hub.disabled'],
    [403, {}, 'hub.unexpected'],
    [418, { 'x-error-message': 'I am a teapot' }, 'hub.unexpected'],
    [204, {}, 'hub.unexpected'],
    [502, {}, 'network.status'],
    [429, {}, 'network.rate-limited'],
  ] as const)('types %s with %j as %s', async (status, headers, code) => {
    await using hub = await answering(status, headers);
    await caught(code, resolve(hub));
  });

  it('shows no secrets or control characters of a message, and not all of a long one', async () => {
    const message = `see https://x/?token=canary1 and Bearer canary2\t${'y'.repeat(1_000)}`;
    await using hub = await answering(400, { 'x-error-message': message });
    const error = await caught('hub.unexpected', resolve(hub));
    expect(JSON.stringify(error)).not.toMatch(/canary/);
    expect(error.facts.reason).not.toContain('\t');
    expect(error.facts.reason.length).toBeLessThanOrEqual(300);
  });
});
