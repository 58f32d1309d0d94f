import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HttpTransport } from '@modelkeep/core';
import { buildFluxLora, startHub } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import type { OpenLibraryOptions } from './open-library-options.ts';
import { openLibrary } from './open-library.ts';
import { readEnvironment } from './read-environment.ts';

async function tempFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'modelkeep-facade-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

describe('the settings', () => {
  it('come from the options first, then from the environment', () => {
    const environment = {
      MODELKEEP_ROOT: '/env',
      HF_ENDPOINT: 'https://mirror.example',
      HF_TOKEN: ' tok ',
      HF_HUB_OFFLINE: 'YES',
    };
    expect(readEnvironment({}, environment)).toMatchObject({
      root: '/env',
      hub: { endpoint: 'https://mirror.example', token: 'tok', offline: true },
    });
    const options = {
      root: '/opt',
      mode: 'read',
      hub: { endpoint: 'http://127.0.0.1:1', token: 'mine', offline: false },
    } as const;
    expect(readEnvironment(options, environment)).toMatchObject({ root: '/opt', mode: 'read', hub: options.hub });
    const downloads = { filesAtOnce: 2, maxBytesPerSecond: 1_000 };
    expect(readEnvironment({ ...options, downloads }, environment)).toMatchObject({ downloads });
    const drives = [{ drive: '/mnt/big', kind: 'hdd', places: 1 }] as const;
    expect(readEnvironment({ ...options, drives }, environment)).toMatchObject({ drives });
  });

  it('take a variable that is set to nothing as not set', () => {
    expect(readEnvironment({ root: '/x' }, { HF_ENDPOINT: '', HF_TOKEN: ' ', HF_HUB_OFFLINE: '0' })).toMatchObject({
      hub: { endpoint: undefined, token: undefined, offline: false },
    });
  });

  it.each([
    [{}, {}, 'root'],
    [{ root: '' }, {}, 'root'],
    [{ root: '/x' }, { HF_ENDPOINT: 'huggingface.co' }, 'hub.endpoint'],
    [{ root: '/x', hub: { endpoint: 'file:///etc' } }, {}, 'hub.endpoint'],
  ])('%j with %j are refused', (options, environment, argument) => {
    expect(() => readEnvironment(options, environment)).toThrow(
      expect.objectContaining({ code: 'core.invalid-argument', facts: expect.objectContaining({ argument }) }),
    );
  });
});

describe('a library', () => {
  it('does the main job with the environment alone', async () => {
    await using folder = await tempFolder();
    const content = buildFluxLora({ scale: 0.1 });
    await using hub = await startHub({
      repos: [{ id: 'acme/x', files: [{ path: 'x.safetensors', content, storage: 'lfs' }] }],
    });
    await using library = await openLibrary({
      environment: { MODELKEEP_ROOT: join(folder.path, 'library'), HF_ENDPOINT: hub.hubUrl },
    });
    const { models } = await library.download(await library.planDownload('hf:acme/x')).result;
    expect(models).toMatchObject([{ type: 'lora', family: 'flux1' }]);
  });

  it('asks the endpoint that it is given on this machine, and no other private address without a grant', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({
      repos: [{ id: 'acme/x', files: [{ path: 'x.safetensors', content: new Uint8Array(10) }] }],
    });
    await using elsewhere = await startHub();
    await using redirecting = await startHub({
      repos: [{ id: 'acme/x', files: [{ path: 'x.safetensors', content: new Uint8Array(10) }] }],
    });
    const location = `${elsewhere.hubUrl.replace('127.0.0.1', 'localhost')}/api/models/acme/x/revision/main`;
    redirecting.faults.arm({ when: { times: 9 }, fault: { kind: 'redirect', location } });
    const plan = async (endpoint: string, privateOrigins?: readonly string[]): Promise<unknown> => {
      const root = join(folder.path, new URL(endpoint).port);
      await using library = await openLibrary({ root, hub: { endpoint }, privateOrigins, environment: {} });
      return await library.planDownload('hf:acme/x');
    };
    expect(await plan(hub.hubUrl)).toMatchObject({ bytesNeeded: 10 });
    await expect(plan(redirecting.hubUrl)).rejects.toMatchObject({ code: 'network.blocked' });
    expect(elsewhere.requests).toHaveLength(0);
    await expect(plan(redirecting.hubUrl, [new URL(location).origin])).rejects.toMatchObject({
      code: 'hub.unauthorised',
    });
    expect(elsewhere.requests).toHaveLength(1);
  });

  it('goes through the proxy of the environment, unless it is given another way', async () => {
    await using folder = await tempFolder();
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(404, { 'x-error-code': 'RepoNotFound' }).end();
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const environment = { HTTP_PROXY: address, HF_ENDPOINT: 'http://hub.example' };
    const plan = async (options: OpenLibraryOptions): Promise<unknown> => {
      await using library = await openLibrary({ root: folder.path, ...options });
      return await library.planDownload('hf:acme/x');
    };
    await expect(plan({ environment })).rejects.toMatchObject({ code: 'hub.repo-not-found' });
    const proxyFor = (url: string): string | undefined => (url.startsWith('http://hub.example/') ? address : undefined);
    const own = { environment: { HF_ENDPOINT: 'http://hub.example', HTTP_PROXY: 'http://127.0.0.1:1' }, proxyFor };
    await expect(plan(own)).rejects.toMatchObject({ code: 'hub.repo-not-found' });
    const url = 'http://hub.example/api/models/acme/x/revision/main';
    expect(asked).toEqual([url, url]);
    await new Promise((resolve) => proxy.close(resolve));
  });

  it('uses the transport of its embedder', async () => {
    await using folder = await tempFolder();
    const asked: string[] = [];
    const transport: HttpTransport = {
      async send({ url }) {
        asked.push(url);
        return { status: 404, headers: { 'x-error-code': 'RepoNotFound' }, body: (async function* () {})() };
      },
    };
    await using library = await openLibrary({ root: folder.path, transport, environment: {} });
    await expect(library.planDownload('hf:acme/x')).rejects.toMatchObject({ code: 'hub.repo-not-found' });
    expect(asked).toEqual(['https://huggingface.co/api/models/acme/x/revision/main']);
  });

  it('leaves nothing behind in the folder of somebody else', async () => {
    await using folder = await tempFolder();
    await writeFile(join(folder.path, 'mine.txt'), 'x');
    await expect(openLibrary({ root: folder.path, environment: {} })).rejects.toMatchObject({
      code: 'library.invalid',
    });
    expect(await readdir(folder.path)).toEqual(['mine.txt']);
  });
});
