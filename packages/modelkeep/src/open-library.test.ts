import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HttpTransport } from '@modelkeep/core';
import { buildFluxLora, startHub } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
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
