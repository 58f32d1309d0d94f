import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startHub } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { startFileServer, type ServedFile } from '../file-server.test-helper.ts';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { allText, big, CANARY, lora, openScene, sha256Of } from './url-scene.test-helper.ts';

describe('a file on the web', () => {
  it('with a hash is planned, fetched and verified', async () => {
    await using scene = await openScene({ '/files/line.safetensors': { content: lora } });
    const { server, workspace } = scene;
    const sha256 = sha256Of(lora);
    const url = `${server.origin}/files/line.safetensors`;
    const plan = await workspace.planDownload(url, { sha256 });
    expect(plan).toMatchObject({
      source: { provider: 'url', url },
      queriesId: null,
      files: [{ path: 'line.safetensors', sizeBytes: lora.byteLength, sha256, gitSha1: null, present: false }],
      bytesNeeded: lora.byteLength,
      licence: null,
      gate: null,
    });
    expect(structuredClone(plan)).toEqual(plan);
    expect(server.requests.map(({ method }) => method)).toEqual(['HEAD']);
    const { models, files } = await workspace.download(plan).result;
    expect(server.requests.some(({ headers }) => headers.authorization !== undefined)).toBe(false);
    expect(files).toEqual([{ name: 'line.safetensors', sha256, sizeBytes: lora.byteLength, verified: 'sha256' }]);
    const source = {
      provider: 'url',
      endpoint: server.origin,
      repo: null,
      revision: null,
      commit: null,
      path: '/files/line.safetensors',
    };
    expect(models).toMatchObject([{ type: 'lora', sources: [source], sourceGroup: null, files: [{ source }] }]);
    const again = await workspace.planDownload(url, { sha256 });
    expect(again).toMatchObject({ bytesNeeded: 0, bytesPresent: lora.byteLength });
    expect((await workspace.download(again).result).files[0]?.verified).toBe('sha256');
    expect((await workspace.rebuildIndex()).models).toBe(1);
    expect((await workspace.list())[0]?.sources).toEqual([source]);
  });

  it('without a hash says so, with a size and without', async () => {
    await using scene = await openScene({
      '/sized.safetensors': { content: lora, headStatus: 405 },
      '/chunked.safetensors': { content: big, isChunked: true },
    });
    const { server, workspace } = scene;
    const sized = await workspace.planDownload(`${server.origin}/sized.safetensors#top`);
    expect(sized.files).toMatchObject([{ sizeBytes: lora.byteLength, sha256: null }]);
    expect(server.requests.map(({ method, headers }) => [method, headers.range])).toEqual([
      ['HEAD', undefined],
      ['GET', 'bytes=0-0'],
    ]);
    expect((await workspace.download(sized).result).files).toEqual([
      { name: 'sized.safetensors', sha256: sha256Of(lora), sizeBytes: lora.byteLength, verified: 'size' },
    ]);
    server.files.set('/shy.safetensors', { content: lora, headHeaders: { 'content-length': '0' } });
    expect((await workspace.planDownload(`${server.origin}/shy.safetensors`)).bytesNeeded).toBe(lora.byteLength);
    const chunked = await workspace.planDownload(`${server.origin}/chunked.safetensors`);
    expect(chunked).toMatchObject({ files: [{ sizeBytes: null, present: false }], bytesTotal: 0 });
    const download = workspace.download(chunked);
    const fractions: number[] = [];
    download.progress.subscribe(({ fraction, phase }) => (phase === 'done' ? 0 : fractions.push(fraction)));
    expect((await download.result).files).toEqual([
      { name: 'chunked.safetensors', sha256: sha256Of(big), sizeBytes: big.byteLength, verified: 'none' },
    ]);
    expect(new Set(fractions)).toEqual(new Set([0]));
  });

  it('that is another one is not published', async () => {
    await using scene = await openScene({
      '/a.safetensors': { content: lora },
      '/told.safetensors': { content: lora, headers: { 'x-linked-etag': `"${'b'.repeat(64)}"` } },
    });
    const { server, workspace, root } = scene;
    const sha256 = 'a'.repeat(64);
    const plan = await workspace.planDownload(`${server.origin}/a.safetensors`, { sha256 });
    const failure = { code: 'transfer.integrity', facts: { algorithm: 'sha256', expected: sha256 } };
    await expect(workspace.download(plan).result).rejects.toMatchObject(failure);
    expect(await workspace.list()).toEqual([]);
    expect(await readdir(join(root, 'blobs', 'sha256'))).toEqual([]);
    // Where the server tells its hash nothing has to be fetched for it.
    server.requests.length = 0;
    await expect(workspace.planDownload(`${server.origin}/told.safetensors`, { sha256 })).rejects.toMatchObject(
      failure,
    );
    expect(server.requests).toHaveLength(1);
  });

  it('has the name that its server says, if that is one', async () => {
    const named = (disposition: string): ServedFile => ({
      content: lora,
      headers: { 'content-disposition': disposition },
    });
    await using scene = await openScene({
      '/download': named('attachment; filename="thick line.safetensors"'),
      '/up.safetensors': named('attachment; filename="../../up.safetensors"'),
      '/encoded.safetensors': named("attachment; filename*=UTF-8''..%2Fup.safetensors"),
      '/device.safetensors': named('attachment; filename="con.safetensors"'),
      '/other.safetensors': named('attachment; filename="setup.exe"'),
      '/a%2Fb%zz.safetensors': { content: lora },
      '/page.safetensors': { content: Buffer.from('<html>'), headers: { 'content-type': 'text/html; charset=utf-8' } },
    });
    const { server, workspace } = scene;
    const plan = (path: string): ReturnType<Workspace['planDownload']> =>
      workspace.planDownload(`${server.origin}${path}`);
    expect((await plan('/download')).files[0]?.path).toBe('thick line.safetensors');
    const { models } = await workspace.download(await plan('/download')).result;
    expect(models[0]?.files[0]).toMatchObject({
      name: 'thick-line.safetensors',
      officialName: 'thick line.safetensors',
    });
    for (const path of ['/up.safetensors', '/encoded.safetensors', '/device.safetensors'])
      await expect(plan(path)).rejects.toMatchObject({ code: 'library.unsafe-name' });
    await expect(plan('/other.safetensors')).rejects.toMatchObject({ code: 'library.nothing-to-import' });
    expect((await plan('/a%2Fb%zz.safetensors')).files[0]?.path).toBe('a%2Fb%zz.safetensors');
    await expect(plan('/page.safetensors')).rejects.toMatchObject({ code: 'transfer.bad-answer' });
    await expect(plan('/nothing.safetensors')).rejects.toMatchObject({
      code: 'network.status',
      facts: { status: 404 },
    });
  });

  it('keeps no query, neither the one that was given nor the one of a redirect', async () => {
    await using other = await startFileServer({ '/stored': { content: big, bytesPerSecond: 20_000_000 } });
    await using scene = await openScene({
      '/signed.safetensors': { location: `${other.origin}/stored?${CANARY}-of-redirect` },
    });
    const { server, workspace, root, log, options } = scene;
    const url = `${server.origin}/signed.safetensors?${CANARY}`;
    const plan = await workspace.planDownload(url);
    expect(plan.source).toEqual({ provider: 'url', url: `${server.origin}/signed.safetensors` });
    expect(JSON.stringify(plan)).not.toContain('canary');
    // A plan may be sent somewhere and come back.
    const download = workspace.download(structuredClone(plan));
    await new Promise<void>(
      (resolve) => void download.progress.subscribe(({ bytesDone }) => (bytesDone > 0 ? resolve() : undefined)),
    );
    expect(await allText(root)).not.toContain('canary');
    const { models } = await download.result;
    expect(server.requests.every((request) => request.url.endsWith(`?${CANARY}`))).toBe(true);
    expect(other.requests.every((request) => request.url.endsWith('-of-redirect'))).toBe(true);
    expect(JSON.stringify(models)).not.toContain('canary');
    expect(await allText(root)).not.toContain('canary');
    server.files.clear();
    const failure = await workspace.planDownload(url).catch((error: unknown) => JSON.stringify(error));
    expect(failure).not.toContain('canary');
    expect(log.join('\n')).not.toContain('canary');
    await workspace.close();
    await using next = await openWorkspace(options);
    await expect(next.download(plan).result).rejects.toMatchObject({
      code: 'core.invalid-argument',
      facts: { argument: 'plan.queriesId' },
    });
    // What is here already needs no address.
    const held = { ...plan, files: plan.files.map((file) => ({ ...file, sha256: sha256Of(big), present: true })) };
    expect((await next.download(held).result).bytesFetched).toBe(0);
  });

  it('is resumed by a later download, with a hash or by its ETag', async () => {
    const slow = { content: big, bytesPerSecond: 30_000_000, headers: { etag: '"one"' } };
    await using scene = await openScene({ '/hash.safetensors': slow, '/etag.safetensors': slow });
    const { server, options } = scene;
    await scene.workspace.close();
    for (const { path, sha256 } of [
      { path: '/hash.safetensors', sha256: sha256Of(big) },
      { path: '/etag.safetensors' },
    ]) {
      await using folder = await tempFolder();
      await using workspace = await openWorkspace({ ...options, root: folder.join('library') });
      const url = `${server.origin}${path}`;
      const controller = new AbortController();
      const first = workspace.download(await workspace.planDownload(`${url}?expires=1`, { sha256 }), {
        signal: controller.signal,
      });
      first.progress.subscribe(({ bytesDone }) => (bytesDone > 9_000_000 ? controller.abort() : undefined));
      await expect(first.result).rejects.toMatchObject({ name: 'AbortError' });
      const plan = await workspace.planDownload(`${url}?expires=2`, { sha256 });
      const { bytesResumed, bytesFetched, files } = await workspace.download(plan).result;
      expect(bytesResumed).toBeGreaterThan(7_000_000);
      expect(bytesFetched).toBeLessThan(big.byteLength - 6_000_000);
      expect(files[0]).toMatchObject({ sha256: sha256Of(big), verified: sha256 === undefined ? 'size' : 'sha256' });
    }
  });

  it('that became another one is not mixed with what was there', async () => {
    const changed = Uint8Array.from(big, (byte, index) => (index > big.byteLength - 1_000 ? byte ^ 1 : byte));
    await using scene = await openScene({
      '/a.safetensors': { content: big, bytesPerSecond: 30_000_000, headers: { etag: '"one"' } },
    });
    const { server, workspace } = scene;
    const url = `${server.origin}/a.safetensors`;
    const controller = new AbortController();
    const first = workspace.download(await workspace.planDownload(url), { signal: controller.signal });
    first.progress.subscribe(({ bytesDone }) => (bytesDone > 9_000_000 ? controller.abort() : undefined));
    await expect(first.result).rejects.toMatchObject({ name: 'AbortError' });
    server.files.set('/a.safetensors', { content: changed, headers: { etag: '"two"' } });
    const { files } = await workspace.download(await workspace.planDownload(url)).result;
    expect(files[0]?.sha256).toBe(sha256Of(changed));
  });

  it('is neither asked for offline nor on a private address that is not granted', async () => {
    await using scene = await openScene({ '/a.safetensors': { content: lora } });
    const { server, options, workspace } = scene;
    await workspace.close();
    const url = `${server.origin}/a.safetensors`;
    await using offline = await openWorkspace({ ...options, hub: { offline: true } });
    await expect(offline.planDownload(url)).rejects.toMatchObject({ code: 'network.offline' });
    await offline.close();
    await using guarded = await openWorkspace({ ...options, privateOrigins: undefined });
    await expect(guarded.planDownload(url)).rejects.toMatchObject({ code: 'network.blocked' });
    expect(server.requests).toEqual([]);
  });

  it('that is here from a hub already is another source of the same model', async () => {
    await using folder = await tempFolder();
    await using server = await startFileServer({ '/copy/line.safetensors': { content: lora } });
    await using hub = await startHub({
      repos: [
        { id: 'acme/lora', licence: 'mit', files: [{ path: 'line.safetensors', content: lora, storage: 'lfs' }] },
      ],
    });
    await using workspace = await openWorkspace({
      root: folder.join('library'),
      hub: { endpoint: hub.hubUrl },
      privateOrigins: 'all',
    });
    const get = async (reference: string): ReturnType<Workspace['list']> =>
      (await workspace.download(await workspace.planDownload(reference)).result).models;
    const [first] = await get('hf:acme/lora');
    const [second] = await get(`${server.origin}/copy/line.safetensors`);
    expect(second).toMatchObject({ id: first?.id, licence: 'mit', sourceGroup: 'hf:acme/lora' });
    expect(second?.sources.map(({ provider }) => provider)).toEqual(['hf', 'url']);
    expect(await workspace.list()).toHaveLength(1);
  });
});
