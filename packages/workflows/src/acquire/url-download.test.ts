import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@modelkeep/core';
import { buildFluxLora, buildFluxModel, startHub } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { startFileServer, type FileServer, type ServedFile } from '../file-server.test-helper.ts';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace, type OpenWorkspaceOptions } from '../workspace/open-workspace.ts';
import type { Workspace } from '../workspace/workspace.ts';

const lora = buildFluxLora();
const big = buildFluxModel({ scale: 2 });
const sha256Of = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
const CANARY = 'X-Signature=canary0123456789';

interface Scene extends AsyncDisposable {
  readonly server: FileServer;
  readonly root: string;
  readonly workspace: Workspace;
  readonly options: OpenWorkspaceOptions;
  readonly log: string[];
}

async function openScene(files: Readonly<Record<string, ServedFile>>): Promise<Scene> {
  const folder = await tempFolder();
  const server = await startFileServer(files);
  const root = folder.join('library');
  const log: string[] = [];
  const note = (message: string, facts?: object): void => void log.push(message, JSON.stringify(facts));
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  const options: OpenWorkspaceOptions = { root, privateOrigins: 'all', logger };
  const workspace = await openWorkspace(options);
  return {
    server,
    root,
    workspace,
    options,
    log,
    async [Symbol.asyncDispose]() {
      await workspace.close();
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** All that a library has on disk, names and contents, but for the weights themselves. */
async function allText(root: string): Promise<string> {
  const texts: string[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    texts.push(entry.name);
    if (!entry.isFile() || entry.name.endsWith('.part')) continue;
    texts.push(await readFile(join(entry.parentPath, entry.name), 'latin1'));
  }
  return texts.join('\n');
}

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
    const other = await startFileServer({ '/stored': { content: big, bytesPerSecond: 20_000_000 } });
    await using _other = other;
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
});

describe('mirrors', () => {
  it('take over when planning and when fetching, and are kept without their queries', async () => {
    const mirror = await startFileServer({ '/copy': { content: big } });
    await using _mirror = mirror;
    await using scene = await openScene({ '/a.safetensors': { content: big, breaksAtBytes: 2_000_000 } });
    const { server, workspace, root } = scene;
    const sha256 = sha256Of(big);
    const mirrors = [`${server.origin}/gone`, `${mirror.origin}/copy?${CANARY}`];
    const url = `${server.origin}/a.safetensors`;
    const plan = await workspace.planDownload(url, { sha256, mirrors });
    expect(plan.mirrors).toEqual([`${server.origin}/gone`, `${mirror.origin}/copy`]);
    server.files.clear();
    const { files, models } = await workspace.download(plan).result;
    expect(files).toMatchObject([{ sha256, verified: 'sha256' }]);
    expect(models[0]?.sources).toMatchObject([{ endpoint: server.origin, path: '/a.safetensors' }]);
    expect(await allText(root)).not.toContain('canary');
    mirror.files.set('/b.safetensors', { content: lora });
    const planned = await workspace.planDownload(`${server.origin}/b.safetensors`, {
      sha256: sha256Of(lora),
      mirrors: [`${mirror.origin}/b.safetensors`],
    });
    expect(planned.files).toMatchObject([{ path: 'b.safetensors', sizeBytes: lora.byteLength }]);
    expect((await workspace.download(planned).result).models[0]?.type).toBe('lora');
  });

  it('are for a file of a hub too, and only where a hash tells what they have', async () => {
    await using folder = await tempFolder();
    await using mirror = await startFileServer({ '/copy': { content: lora } });
    await using hub = await startHub({
      repos: [
        {
          id: 'acme/lora',
          files: [
            { path: 'line.safetensors', content: lora, storage: 'lfs' },
            { path: 'README.md', content: Buffer.from('# Thick lines') },
          ],
        },
      ],
    });
    await using workspace = await openWorkspace({
      root: folder.join('library'),
      hub: { endpoint: hub.hubUrl },
      privateOrigins: 'all',
    });
    const mirrors = [`${mirror.origin}/copy`];
    const file = 'hf:acme/lora/line.safetensors';
    const plan = await workspace.planDownload(file, { mirrors, sha256: sha256Of(lora) });
    hub.faults.arm({
      when: { origin: 'hub', pathPattern: 'resolve', times: 99 },
      fault: { kind: 'status', status: 404 },
    });
    expect((await workspace.download(plan).result).files).toMatchObject([{ verified: 'sha256' }]);
    const refusal = { code: 'core.invalid-argument', facts: { argument: 'mirrors' } };
    await expect(workspace.planDownload('hf:acme/lora', { mirrors })).rejects.toMatchObject(refusal);
    mirror.files.set('/a.safetensors', { content: lora });
    await expect(workspace.planDownload(`${mirror.origin}/a.safetensors`, { mirrors })).rejects.toMatchObject(refusal);
    for (const bad of ['ftp://host/a', 'https://user:secret@host/a', 'no address'])
      await expect(workspace.planDownload(file, { mirrors: [bad] })).rejects.toMatchObject(refusal);
    await expect(
      workspace.planDownload(file, { mirrors: Array<string>(101).fill('https://h/') }),
    ).rejects.toMatchObject(refusal);
    await expect(workspace.planDownload(file, { sha256: 'abc' })).rejects.toMatchObject({
      facts: { argument: 'sha256' },
    });
    await expect(workspace.planDownload(file, { sha256: 'a'.repeat(64) })).rejects.toMatchObject({
      code: 'transfer.integrity',
    });
  });

  it('and Civitai: what cannot be downloaded yet says so', async () => {
    await using scene = await openScene({});
    for (const [reference, reason] of [
      ['civitai:12@34', 'later version'],
      ['hf:datasets/acme/words', 'dataset'],
    ] as const) {
      await expect(scene.workspace.planDownload(reference)).rejects.toMatchObject({
        code: 'workflows.invalid-reference',
        facts: { reason: expect.stringContaining(reason) as string },
      });
    }
    expect(scene.server.requests).toEqual([]);
  });
});
