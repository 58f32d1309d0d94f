import { describe, expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { bytes, flux, gitSha1Of, repoOf, repos, sha256Of, small, start } from './lookup.test-helper.ts';

describe('by hash', () => {
  it('finds the file in a repo of a like name, and asks nothing the next time', async () => {
    await using test = await start();
    const subject = { fileName: 'flux1-dev.safetensors', sizeBytes: flux.byteLength };
    const found = await test.lookup.lookupByHash(sha256Of(flux).toUpperCase(), subject);
    expect(found).toMatchObject({
      status: 'match',
      hub: 'asked',
      failures: [],
      matches: [
        {
          repo: 'mirror/flux1-dev-copy',
          commit: await test.hub.commitOf('mirror/flux1-dev-copy'),
          path: 'unet/flux1-dev.safetensors',
          sha256: sha256Of(flux),
          downloads: 50,
          evidence: 'hash',
        },
      ],
    });
    expect(test.asked()).toEqual([
      '/api/models',
      expect.stringMatching(/^\/api\/models\/other\/flux1-dev-tuned/u),
      expect.stringMatching(/^\/api\/models\/mirror\/flux1-dev-copy/u),
    ]);

    const again = await test.lookup.lookupByHash(sha256Of(flux));
    expect(again).toMatchObject({ status: 'match', hub: 'not-asked', matches: [{ repo: 'mirror/flux1-dev-copy' }] });
    expect(test.asked()).toEqual([]);
    expect(structuredClone(again)).toEqual(again);
  });

  it('takes no file for a match whose name and size agree and whose hash does not', async () => {
    await using test = await start({ repos: repos.slice(2, 3) });
    const subject = { fileName: 'flux1-dev.safetensors', sizeBytes: flux.byteLength };
    expect(await test.lookup.lookupByHash(sha256Of(flux), subject)).toEqual({
      status: 'unknown',
      matches: [],
      candidates: [],
      hub: 'asked',
      failures: [],
    });
  });

  it('says unknown without a name to search by, and for a name that any repo could have', async () => {
    await using test = await start();
    for (const fileName of [undefined, 'model.safetensors', 'a/diffusion_pytorch_model.fp16.safetensors']) {
      expect(await test.lookup.lookupByHash(sha256Of(flux), { fileName })).toMatchObject({
        status: 'unknown',
        hub: 'not-asked',
      });
    }
    expect(test.asked()).toEqual([]);
  });

  it('finds a file under another name in a repo that has one of the name', async () => {
    const content = bytes(9);
    const files = [
      { path: 'flux1-dev.safetensors', content: bytes(8), storage: 'lfs' as const },
      { path: 'original.safetensors', content, storage: 'lfs' as const },
    ];
    await using test = await start({ repos: [{ id: 'acme/flux1-dev', files }] });
    const found = await test.lookup.lookupByHash(sha256Of(content), { fileName: 'flux1-dev.safetensors' });
    expect(found.matches).toMatchObject([{ path: 'original.safetensors' }]);
  });

  it("knows a small file by git's hash only", async () => {
    await using test = await start({
      repos: [{ id: 'acme/settings', files: [{ path: 'settings.json', content: small }] }],
    });
    const sha256 = sha256Of(small);
    const blind = await test.lookup.lookupByHash(sha256, { fileName: 'settings.json', sizeBytes: small.byteLength });
    expect(blind).toMatchObject({ status: 'unknown', candidates: [{ evidence: 'name-and-size', sha256: null }] });
    const subject = { fileName: 'settings.json', gitSha1: gitSha1Of(small) };
    expect(await test.lookup.lookupByHash(sha256, subject)).toMatchObject({
      status: 'match',
      matches: [{ repo: 'acme/settings', gitSha1: gitSha1Of(small) }],
    });
    expect(
      (
        await test.lookup.lookupByHash(sha256, {
          gitSha1: gitSha1Of(bytes(7)),
          fileName: 'settings.json',
          offline: true,
        })
      ).candidates,
    ).toEqual([]);
  });

  it('lists the files of no more than maxCandidates repos, and stops at the first match', async () => {
    const many = Array.from({ length: 30 }, (_, index) => repoOf(`u${index}/flux1-dev`, bytes(100 + index)));
    await using test = await start({ repos: many });
    const subject = { fileName: 'flux1-dev.safetensors' };
    expect((await test.lookup.lookupByHash(sha256Of(flux), subject)).status).toBe('unknown');
    expect(test.asked()).toHaveLength(11);
    const three = await test.lookup.lookupByHash(sha256Of(bytes(0)), { ...subject, maxCandidates: 3 });
    expect(three.status).toBe('unknown');
    expect(three.candidates.length).toBeGreaterThan(20);
    await caught('core.invalid-argument', test.lookup.lookupByHash(sha256Of(flux), { maxCandidates: -1 }));
  });

  it.each(['', 'xyz', 'a'.repeat(63), `${'a'.repeat(63)}/`])('refuses %j as a hash', async (hash) => {
    await using test = await start();
    await caught('core.invalid-argument', test.lookup.lookupByHash(hash));
    await caught('core.invalid-argument', test.lookup.lookupByHash(sha256Of(flux), { gitSha1: hash }));
    await caught('core.invalid-argument', test.lookup.lookupByHash(sha256Of(flux), { sizeBytes: -1 }));
  });
});

describe('by file name', () => {
  it('ranks what could be it, and calls nothing a match without a hash', async () => {
    await using test = await start();
    const byName = await test.lookup.lookupByFilename('FLUX1-dev.safetensors');
    expect(byName).toMatchObject({ status: 'unknown', matches: [], hub: 'asked' });
    expect(byName.candidates.map(({ repo, evidence }) => [repo, evidence])).toEqual([
      ['other/flux1-dev-tuned', 'name'],
      ['mirror/flux1-dev-copy', 'name'],
      ['acme/FLUX1-dev', 'name'],
    ]);
    expect(test.asked().every((path) => path === '/api/models')).toBe(true);
  });

  it('compares sizes where one is known, and hashes where there is one', async () => {
    const longer = repoOf('big/flux1-dev', Buffer.alloc(70_000, 4), { downloads: 9_999 });
    await using test = await start({ repos: [...repos, longer] });
    const sized = await test.lookup.lookupByFilename('flux1-dev.safetensors', { sizeBytes: flux.byteLength });
    expect(sized.candidates.map(({ repo, evidence, sha256 }) => [repo, evidence, sha256 !== null])).toEqual([
      ['other/flux1-dev-tuned', 'name-and-size', true],
      ['mirror/flux1-dev-copy', 'name-and-size', true],
      ['acme/FLUX1-dev', 'name-and-size', true],
    ]);
    const hashed = await test.lookup.lookupByFilename('x/flux1-dev.safetensors', { sha256: sha256Of(flux) });
    expect(hashed).toMatchObject({ status: 'match', hub: 'not-asked' });
    expect(hashed.matches).toHaveLength(2);
  });

  it('offline asks the trees that were seen alone', async () => {
    await using test = await start();
    await test.lookup.lookupByFilename('flux1-dev.safetensors', { sizeBytes: flux.byteLength });
    test.asked();
    const found = await test.lookup.lookupByFilename('flux1-dev.safetensors', { offline: true });
    expect(found).toMatchObject({ status: 'unknown', hub: 'not-asked' });
    expect(found.candidates).toHaveLength(3);
    expect(test.asked()).toEqual([]);
    await caught('core.invalid-argument', test.lookup.lookupByFilename('folder/'));
  });
});

describe('a candidate', () => {
  it('is compared with what the hub tells of it', async () => {
    await using test = await start();
    const commit = await test.hub.commitOf('acme/FLUX1-dev');
    const candidate = { repo: 'acme/FLUX1-dev', commit: null, path: 'unet/flux1-dev.safetensors' };
    const subject = { sha256: sha256Of(flux) };
    const verdict = await test.lookup.verifyHashMatch(candidate, subject);
    expect(verdict).toMatchObject({ status: 'match', file: { commit, evidence: 'hash' } });
    expect(test.asked()).toHaveLength(1);
    expect(await test.lookup.verifyHashMatch({ ...candidate, commit }, subject)).toEqual(verdict);
    expect(test.asked()).toEqual([]);
    const status = async (path: string, wanted: object): Promise<string> =>
      (await test.lookup.verifyHashMatch({ ...candidate, commit, path }, wanted)).status;
    expect(await status('config.json', subject)).toBe('unknown');
    expect(await status('gone.json', subject)).toBe('unknown');
    expect(await status('config.json', { gitSha1: gitSha1Of(small) })).toBe('match');
    expect(await status(candidate.path, { sha256: sha256Of(small) })).toBe('mismatch');
    expect(await status(candidate.path, { ...subject, sizeBytes: 5 })).toBe('mismatch');
    await caught('core.invalid-argument', test.lookup.verifyHashMatch(candidate, { sizeBytes: 5 }));
    await caught('hub.unauthorised', test.lookup.verifyHashMatch({ ...candidate, repo: 'no/body' }, subject));
  });
});
