import { ModelkeepError } from '@modelkeep/core';
import { describe, expect, it } from 'vitest';
import { createLookup, type CreateLookupOptions } from './create-lookup.ts';
import { bytes, flux, sha256Of, start } from './lookup.test-helper.ts';

describe('a hub in trouble', () => {
  it('that cannot be reached is told, beside what is known without it', async () => {
    const test = await start();
    await test.lookup.lookupByFilename('flux1-dev.safetensors', { sizeBytes: flux.byteLength });
    await test.hub.close();
    const found = await test.lookup.lookupByHash(sha256Of(bytes(77)), { fileName: 'flux2-dev.safetensors' });
    expect(found).toMatchObject({ status: 'unknown', hub: 'unreachable', failures: [{ repo: null }] });
    expect(found.failures[0]?.code).toMatch(/^network\./u);
    expect((await test.lookup.lookupByHash(sha256Of(flux))).status).toBe('match');
    await test[Symbol.asyncDispose]();
  });

  it('that refuses one repo answers for the others', async () => {
    await using test = await start();
    const { client } = test;
    const hub: CreateLookupOptions['hub'] = {
      ...client,
      async repoInfo(repo, options) {
        if (repo !== 'other/flux1-dev-tuned') return client.repoInfo(repo, options);
        throw new ModelkeepError('hub.disabled', { message: 'disabled', facts: { repo, status: 403, url: 'x' } });
      },
    };
    const lookup = createLookup({ hub, trees: test.trees });
    const found = await lookup.lookupByHash(sha256Of(flux), { fileName: 'flux1-dev.safetensors' });
    expect(found).toMatchObject({
      status: 'match',
      matches: [{ repo: 'mirror/flux1-dev-copy' }],
      failures: [{ repo: 'other/flux1-dev-tuned', code: 'hub.disabled' }],
    });
  });

  it('that goes away in the middle is not asked on', async () => {
    await using test = await start();
    const { client } = test;
    const reads: string[] = [];
    const hub: CreateLookupOptions['hub'] = {
      ...client,
      async repoInfo(repo) {
        reads.push(repo);
        throw new ModelkeepError('network.offline', {
          message: 'offline',
          facts: { url: 'x', systemCode: 'ENOTFOUND' },
        });
      },
    };
    const lookup = createLookup({ hub, trees: test.trees });
    const found = await lookup.lookupByHash(sha256Of(flux), { fileName: 'flux1-dev.safetensors' });
    expect(found).toMatchObject({ status: 'unknown', hub: 'unreachable' });
    expect(reads).toHaveLength(1);
  });

  it('is told apart from a bug and from an abort', async () => {
    await using test = await start();
    const bug = new TypeError('bug');
    const hub: CreateLookupOptions['hub'] = { ...test.client, repoInfo: () => Promise.reject(bug) };
    const lookup = createLookup({ hub, trees: test.trees });
    const options = { fileName: 'flux1-dev.safetensors' };
    await expect(lookup.lookupByHash(sha256Of(flux), options)).rejects.toBe(bug);
    const reason = new Error('enough');
    await expect(
      test.lookup.lookupByHash(sha256Of(flux), { ...options, signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
  });

  it('that tells no sizes with the info is asked for the tree', async () => {
    await using test = await start();
    const { client } = test;
    const hub: CreateLookupOptions['hub'] = {
      ...client,
      repoInfo: async (repo, options) => ({ ...(await client.repoInfo(repo, options)), files: null }),
    };
    const lookup = createLookup({ hub, trees: test.trees });
    const found = await lookup.lookupByHash(sha256Of(flux), { fileName: 'flux1-dev.safetensors' });
    expect(found.status).toBe('match');
    expect(test.asked()).toContain(`/api/models/mirror/flux1-dev-copy/tree/${found.matches[0]?.commit}`);
  });

  it('a drive that cannot keep a file list spoils no answer', async () => {
    await using test = await start();
    const full = new ModelkeepError('io.disk-full', { message: 'full', facts: { path: 'x' } });
    const warnings: string[] = [];
    const lookup = createLookup({
      hub: test.client,
      trees: { ...test.trees, put: () => Promise.reject(full) },
      logger: { debug() {}, info() {}, warn: (message) => void warnings.push(message), error() {} },
    });
    const found = await lookup.lookupByHash(sha256Of(flux), { fileName: 'flux1-dev.safetensors' });
    expect([found.status, warnings.length]).toEqual(['match', 2]);
  });
});
